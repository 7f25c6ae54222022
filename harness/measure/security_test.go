package measure

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// answer is one answer of mx1, at a second of the sound drill: its fault is in
// effect from 15 to 25.
type answer struct {
	at              float64
	question, found string
}

// asking is the sound drill with answers about security.
func asking(t *testing.T, d *drill, answers ...answer) record.Record {
	t.Helper()
	d.goals = []Objective{{"security", 0, "breaches"}}
	w := d.write(t)
	for _, a := range answers {
		raw, err := json.Marshal(ledger.SecurityAnswer{Question: a.question, Service: "smtp", Began: seconds(a.at), Ended: seconds(a.at + 0.1), Found: a.found, Said: "C: x"})
		if err != nil {
			t.Fatal(err)
		}
		w.events = slices.Insert(w.events, len(w.events)-1, ledger.Event{N: len(w.events), At: seconds(a.at + 0.1), Kind: ledger.SecurityAsked, Node: "mx1", Data: raw})
	}
	r, err := Judge(History{Events: w.events, Ledger: w})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSecurityIsJudged(t *testing.T) {
	relay := func(found ...string) []answer {
		return []answer{{5, ledger.AskRelay, found[0]}, {20, ledger.AskRelay, found[1]}, {40, ledger.AskRelay, found[2]}}
	}
	about := func(question string, found ...string) []answer {
		var all []answer
		for i, f := range found {
			all = append(all, answer{[]float64{5, 20, 40}[i], question, f})
		}
		return all
	}
	for name, c := range map[string]struct {
		answers []answer
		want    record.Verdict
		broken  int
	}{
		"held":                             {relay("refused", "refused", "refused"), record.Passed, 0},
		"open while degraded":              {relay("refused", "taken", "refused"), record.Failed, 1},
		"open afterwards":                  {relay("refused", "refused", "taken"), record.Failed, 1},
		"open from the beginning":          {relay("taken", "taken", "taken"), record.Failed, 3},
		"open while nothing else answered": {relay("taken", "", ""), record.Failed, 1},
		"nothing was asked":                {nil, record.Inconclusive, 0},
		"nothing answered while degraded":  {relay("refused", "", "refused"), record.Inconclusive, 0},
		"nothing answered afterwards":      {append(relay("refused", "refused", "refused"), about(ledger.AskRelayForged, "refused", "", "")...), record.Inconclusive, 0},
		"answered again":                   {append(relay("refused", "refused", "refused"), about(ledger.AskRelayForged, "refused", "", "refused")...), record.Passed, 0},
		"a forged sender":                  {about(ledger.AskRelayForged, "refused", "taken", "refused"), record.Failed, 1},
		"a route that is no mailbox":       {about(ledger.AskRelayRouted, "refused", "taken", "refused"), record.Failed, 1},
		"a route that always was one":      {about(ledger.AskRelayRouted, "taken", "taken", "taken"), record.Passed, 0},
		"no log-in asked for":              {about(ledger.AskNoAuth, "refused", "taken", "refused"), record.Failed, 1},
		"any password":                     {about(ledger.AskWrongPassword, "refused", "taken", "refused"), record.Failed, 1},
		"STARTTLS stripped":                {about(ledger.AskStartTLS, "offered", "absent", "offered"), record.Failed, 1},
		"STARTTLS never offered":           {about(ledger.AskStartTLS, "absent", "absent", "absent"), record.Passed, 0},
		"STARTTLS new":                     {about(ledger.AskStartTLS, "absent", "offered", "offered"), record.Passed, 0},
		"another certificate":              {about(ledger.AskCertificate, "aa", "bb", "aa"), record.Failed, 1},
		"the same certificate":             {about(ledger.AskCertificate, "aa", "aa", "aa"), record.Passed, 0},
		"a certificate without a before":   {about(ledger.AskCertificate, "", "bb", "bb"), record.Passed, 0},
		"passwords in the clear":           {about(ledger.AskClearAuth, "absent", "offered", "absent"), record.Failed, 1},
		"passwords always in the clear":    {about(ledger.AskClearAuth, "offered", "offered", "offered"), record.Passed, 0},
		"no log-in any more":               {about(ledger.AskClearAuth, "offered", "absent", "offered"), record.Passed, 0},
	} {
		r := asking(t, sound(), c.answers...)
		if o := r.Objectives[0]; o.Verdict != c.want || r.Verdict != c.want {
			t.Errorf("%s: %s (%s), the drill %s (%s), want %s", name, o.Verdict, o.Reason, r.Verdict, r.Reason, c.want)
		}
		if s := r.Security; (s != nil) != (c.answers != nil) || s != nil && s.Broken != c.broken {
			t.Errorf("%s: %+v, want %d broken", name, s, c.broken)
		}
	}
}

// What is told of each question adds up, and of a breach all is told.
func TestSecurityIsCounted(t *testing.T) {
	r := asking(t, sound(), answer{5, ledger.AskStartTLS, "offered"}, answer{18, ledger.AskStartTLS, ""}, answer{20, ledger.AskStartTLS, "absent"}, answer{40, ledger.AskStartTLS, "offered"})
	want := record.SecurityCheck{Node: "mx1", Service: "smtp", Question: ledger.AskStartTLS, Before: "offered",
		All: record.SecurityTally{Asked: 4, Held: 2, Broken: 1, Unanswered: 1}, Degraded: record.SecurityTally{Asked: 2, Broken: 1, Unanswered: 1}}
	if s := r.Security; len(s.Checks) != 1 || s.Checks[0] != want || s.Degraded != 1 {
		t.Errorf("%+v", s)
	}
	if b := r.Security.Breaches; len(b) != 1 || b[0] != (record.Breach{At: 20.1, Node: "mx1", Service: "smtp", Question: ledger.AskStartTLS, Found: "absent", Before: "offered", Said: "C: x"}) {
		t.Errorf("%+v", b)
	}
	if said := r.Objectives[0].Reason; !strings.Contains(said, "the first after 20.100 s: smtp of mx1, tls.offered: absent") {
		t.Error(said)
	}
}

// A pass rests on the fault; what was let through was let through.
func TestSecurityNeedsTheFault(t *testing.T) {
	ineffective := func(e *ledger.Event) bool {
		if e.Kind == ledger.FaultProof || e.Kind == ledger.EffectSeen {
			edit(t, e, func(p *ledger.Proof) { p.Effective = false })
		}
		return true
	}
	held := sound()
	held.event = ineffective
	if r := asking(t, held, answer{5, ledger.AskRelay, "refused"}, answer{20, ledger.AskRelay, "refused"}); r.Objectives[0].Verdict != record.Inconclusive {
		t.Errorf("%+v", r.Objectives[0])
	}
	broken := sound()
	broken.event = ineffective
	if r := asking(t, broken, answer{5, ledger.AskRelay, "refused"}, answer{20, ledger.AskRelay, "taken"}); r.Objectives[0].Verdict != record.Failed {
		t.Errorf("%+v", r.Objectives[0])
	}
}

// What outsiders got is a number, and none where nobody counted.
func TestBackscatterIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		count *int
		want  record.Verdict
	}{"none": {new(int), record.Passed}, "some": {func() *int { n := 3; return &n }(), record.Failed}, "not counted": {nil, record.Inconclusive}} {
		d := sound()
		d.goals = []Objective{{"backscatter", 0, "messages"}}
		w := d.write(t)
		if c.count != nil {
			raw, err := json.Marshal(ledger.Backscatter{Messages: *c.count})
			if err != nil {
				t.Fatal(err)
			}
			w.events = slices.Insert(w.events, len(w.events)-1, ledger.Event{N: len(w.events), At: seconds(65), Kind: ledger.SinkClosed, Data: raw})
		}
		r, err := Judge(History{Events: w.events, Ledger: w})
		if err != nil || r.Verdict != c.want {
			t.Errorf("%s: %v, %s (%s), want %s", name, err, r.Verdict, r.Reason, c.want)
		}
	}
}

// A question that the judge does not know is a defect of the instrument.
func TestUnknownQuestion(t *testing.T) {
	if r := asking(t, sound(), answer{20, "relay.unheard-of", "taken"}); r.Verdict != record.Error {
		t.Errorf("%s: %s", r.Verdict, r.Reason)
	}
}
