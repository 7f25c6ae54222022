package measure

import (
	"math"
	"strings"
	"testing"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// deedAt is the event of an action that lasted from one second to another.
func deedAt(t *testing.T, from, to float64, step, node string, d ledger.Deed) ledger.Event {
	t.Helper()
	d.Began, d.Ended = seconds(from), seconds(to)
	return event(t, to, ledger.ActionDone, step, node, d)
}

// A drill without faults, in which operators stop a server, or give it a certificate:
// the outage counts from their order, and is judged as any other.
func TestAnOutageThatOperatorsMade(t *testing.T) {
	for _, c := range []struct {
		kind  string
		until float64
		want  record.Verdict
	}{{"stop", 20, record.Passed}, {"stop", 40, record.Failed}, {"renew-certificate", 20, record.Passed}} {
		d := sound()
		d.targets, d.goals = nil, []Objective{{"loss", 0, "copies"}, {"rto.mx", 12, "s"}, {"rto.imap", 5, "s"}}
		d.down["mx"] = [][2]float64{{15.1, c.until}}
		d.spec = func(s *Spec) {
			s.Actions = []PlannedAction{{Step: "down", Kind: c.kind, Targets: []string{"mx1"}}}
		}
		r := d.told(t, deedAt(t, 15, 15.05, "down", "mx1", ledger.Deed{Call: ledger.Call{Kind: c.kind}, Result: "done"}))
		if r.Verdict != c.want {
			t.Errorf("until %v: verdict %s (%s), want %s", c.until, r.Verdict, r.Reason, c.want)
		}
		o := r.Services["mx"].Outages
		if len(o) != 1 || o[0].Step != "down" || o[0].RTA.High == nil || math.Abs(*o[0].RTA.High-(c.until-15)) > 0.6 {
			t.Errorf("until %v: outages %+v", c.until, o)
		}
		if m := goal(t, r, "rto.imap").Measured; m == nil || m.High == nil || *m.High > 2 {
			t.Errorf("imap, which nobody took away: %+v", m)
		}
	}
}

// Operators close a service before the fault, as for a last back-up: it was good
// until then. One that failed before anybody touched it was not.
func TestAServiceThatOperatorsClosedWasNotIll(t *testing.T) {
	for _, c := range []struct {
		down float64
		good bool
	}{{13.1, true}, {8.1, false}} {
		d := sound()
		d.down["imap"] = [][2]float64{{c.down, 25}}
		d.spec = func(s *Spec) {
			s.Actions = []PlannedAction{{Step: "close", Kind: "exec", Targets: []string{"store1"}}}
		}
		r := d.told(t, deedAt(t, 13, 13.5, "close", "store1", ledger.Deed{Call: ledger.Call{Kind: "exec"}, Result: "done"}))
		if g := gateOf(t, r, "baseline-healthy"); g.Passed != c.good {
			t.Errorf("down from %v s: %+v", c.down, g)
		}
	}
}

// Of an outage, what manual steps were waited for is told apart: here from 16 s to
// 22 s, two of which overlap, of one that ends at 25 s.
func TestWhatWaitedForPeople(t *testing.T) {
	d := sound()
	d.spec = func(s *Spec) {
		s.Actions = []PlannedAction{{Step: "a", Kind: "manual", Text: "call"}, {Step: "b", Kind: "manual"}, {Step: "late", Kind: "manual"}}
	}
	by := func(name string) ledger.Deed {
		return ledger.Deed{Call: ledger.Call{Kind: "manual"}, Result: "done", By: name, Via: "ack", Note: "yes"}
	}
	r := d.told(t, deedAt(t, 16, 20, "a", "", by("Ann")), deedAt(t, 18, 22, "b", "", by("Bob")), deedAt(t, 50, 55, "late", "", by("Eve")))
	o := r.Services["mx"].Outages
	if len(o) != 1 || o[0].Manual == nil || math.Abs(*o[0].Manual-6) > 0.01 {
		t.Errorf("outages %+v, want 6 s by hand", o)
	}
	if a := r.Actions[0]; a.AcknowledgedBy != "Ann" || a.Via != "ack" || a.Note != "yes" || a.Text != "call" || !a.Done() || len(a.Targets) != 0 {
		t.Errorf("%+v", a)
	}
}

// A runbook that does not work makes no missed objective doubtful, and no drill
// pass.
func TestARunbookThatFails(t *testing.T) {
	for _, c := range []struct {
		gone float64
		want record.Verdict
	}{{healAt, record.Inconclusive}, {40, record.Failed}} {
		d := sound()
		d.down["mx"] = [][2]float64{{15.1, c.gone}}
		d.spec = func(s *Spec) {
			s.Actions = []PlannedAction{{Step: "roll", Kind: "restart", Targets: []string{"mx2", "mx3"}}}
		}
		r := d.told(t, deedAt(t, 14.2, 14.9, "roll", "mx2", ledger.Deed{Call: ledger.Call{Kind: "restart", Error: "no such thing"}, Result: "failed", Output: "oops"}))
		if r.Verdict != c.want {
			t.Errorf("gone until %v: %s (%s), want %s", c.gone, r.Verdict, r.Reason, c.want)
		}
		if g := gateOf(t, r, "actions-done"); g.Passed || !strings.Contains(g.Detail, "roll on mx2, mx3: mx2: no such thing") {
			t.Errorf("gate %+v", g)
		}
		a := r.Actions[0]
		if a.Result != record.ActionFailed || a.Output != "mx2:\noops" || len(a.Nodes) != 2 || a.Nodes[1].Result != record.NotReached {
			t.Errorf("%+v", a)
		}
	}
}
