package harness

import (
	"context"
	"fmt"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/stored"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// storeMail fills the accounts of stored mail and reads them back, before the
// baseline. It does nothing unless the scenario asks for stored mail.
func (i *instruments) storeMail(ctx context.Context) error {
	asked := i.r.plan.Scenario.Workload.Stored
	if asked == nil {
		return nil
	}
	s := stored.New(storedConfig(i.r, i.store))
	if err := s.Setup(ctx); err != nil {
		return fmt.Errorf("prepare the stored mail: %w", err)
	}
	i.stored = s
	return nil
}

// storedConfig hands the scenario's stored mail to its instrument, at the first
// store.
func storedConfig(r *run, store string) stored.Config {
	w, t := r.plan.Scenario.Workload, r.plan.Topology
	node, _ := t.Node(store)
	_, pop3 := node.Services[topology.POP3]
	_, sieve := node.Services[stored.ManageSieve]
	return stored.Config{
		Dialer: r.system, Store: store, POP3: pop3, Sieve: sieve, Key: r.key, Seed: r.cfg.Seed,
		Accounts: t.Accounts[w.Mailboxes : w.Mailboxes+w.Stored.Accounts],
		Messages: w.Stored.Messages, Rate: float64(*w.Stored.Operations), Clock: r.clock,
		Note: func(kind string, data any) { r.events.append(kind, "", store, data) },
	}
}

// storedSentence is stored mail in plain language.
func storedSentence(s *scenarios.Stored) string {
	if s == nil {
		return ""
	}
	work := "nothing is changed in them"
	if *s.Operations > 0 {
		kinds := []string{ledger.OpAppend, ledger.OpCopy, ledger.OpMove, ledger.OpExpunge, ledger.OpCreate, ledger.OpRename}
		work = fmt.Sprintf("%s operations while the drill runs (flags, %s, subscriptions, DELE by POP3 where offered)",
			*s.Operations, strings.Join(kinds, ", "))
	}
	return fmt.Sprintf("%d messages in each of %d accounts that get no other mail; %s; read back with flags, folders and UIDs at the end",
		s.Messages, s.Accounts, work)
}
