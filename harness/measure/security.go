package measure

import (
	"encoding/json"
	"fmt"
	"strings"

	"maildrill/harness/ledger"
)

// breaches tell, by question, whether a finding must not be. before is what was
// found first, ahead of every fault; empty: nothing was.
var breaches = map[string]func(before, found string) bool{
	ledger.AskRelay:         taken,
	ledger.AskRelayForged:   taken,
	ledger.AskNoAuth:        taken,
	ledger.AskWrongPassword: taken,
	// A server that knows no such routes may take it for a mailbox of its own.
	ledger.AskRelayRouted: func(before, found string) bool { return before == ledger.SecurityRefused && taken(before, found) },
	ledger.AskClearAuth:   turned(ledger.SecurityAbsent, ledger.SecurityOffered),
	ledger.AskStartTLS:    turned(ledger.SecurityOffered, ledger.SecurityAbsent),
	ledger.AskCertificate: func(before, found string) bool { return before != "" && found != before },
}

func taken(_, found string) bool { return found == ledger.SecurityTaken }

func turned(from, to string) func(before, found string) bool {
	return func(before, found string) bool { return before == from && found == to }
}

// answered is one answer about security.
type answered struct {
	ledger.SecurityAnswer
	node string
}

func (a answered) key() string {
	return strings.Join([]string{a.node, a.Service, a.Question}, " ")
}

func (s *story) answeredSecurity(e ledger.Event) error {
	a := answered{node: e.Node}
	if err := json.Unmarshal(e.Data, &a.SecurityAnswer); err != nil {
		return err
	}
	if breaches[a.Question] == nil {
		return fmt.Errorf("unknown question %q", a.Question)
	}
	s.answers = append(s.answers, a)
	return nil
}
