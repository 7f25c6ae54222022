package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// simulatedSentence stands on every report of a record from the embedded
// runtime.
const simulatedSentence = "SIMULATED: no real mail server ran. This result satisfies no requirement, control, trend or due date."

// carrySentence says what the drill clock is worth.
const carrySentence = "Recovery times were measured under the drill clock: the servers' retry timers are short. " +
	"What rests on a retry does not carry over to production, where it takes longer."

// headline is the verdict in one word: DIRTY before all else. A verdict that
// nobody knows is shown as it is, and never as a pass.
func headline(r record.Record) string {
	if r.Dirty {
		return "DIRTY"
	}
	return strings.ToUpper(verdictWord(r.Verdict))
}

func verdictWord(v record.Verdict) string { return cmp.Or(plain(string(v)), "no verdict") }

// dirtySentence says how a dirty run would have ended.
func dirtySentence(r record.Record) string {
	return fmt.Sprintf("Clean-up could not be proven. Apart from that the drill ended: %s.", verdictWord(r.Verdict))
}

// clockWord names the clock: "drill clock".
func clockWord(r record.Record) string { return cmp.Or(plain(r.Clock), "unknown") + " clock" }

// timed tells whether an objective is about recovery or waiting, which mean
// nothing without their clock.
func timed(o record.Objective) bool {
	return o.Name == "rto" || strings.HasPrefix(o.Name, "rto.") || slices.Contains([]string{"capacity", "drain", "late"}, o.Name)
}

// name is how a scenario is called; a second trial says so.
func name(r record.Record) string {
	n := cmp.Or(plain(r.Scenario.Name), "unnamed")
	if r.Run.Trial > 1 {
		n += fmt.Sprintf(" (trial %d)", r.Run.Trial)
	}
	return n
}

// marks are the three proofs of a fault: I installed, E effective, X exercised.
// A proof that is missing is a dash.
func marks(f record.Fault) string {
	mark := func(on bool, letter string) string {
		if on {
			return letter
		}
		return "-"
	}
	return mark(f.Proofs.Installed, "I") + mark(f.Proofs.Effective, "E") + mark(f.Proofs.Exercised > 0, "X")
}

// revertWord tells whether the fault was proven gone.
func revertWord(f record.Fault) string {
	switch {
	case f.Injected == nil:
		return "never on"
	case f.Reverted && len(f.Residue) == 0:
		return "proven gone"
	}
	return "NOT PROVEN GONE"
}

// provenBy says which way a fault was made and how it compares with what was
// asked for: "by tbf; delay on mx1: asked 0.1 s, seen 0.102 s". Empty if there is
// nothing to say.
func provenBy(f record.Fault) string {
	var said []string
	if len(f.By) > 0 {
		said = append(said, "by "+list(f.By))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Counted)) {
		said = append(said, fmt.Sprintf("%s: %d", plain(name), f.Counted[name]))
	}
	for _, m := range f.Measured {
		text := fmt.Sprintf("%s on %s: asked %s, seen %s", plain(m.What), plain(m.Target), quantity(m.Asked, m.Unit), quantity(m.Seen, m.Unit))
		if !m.Within {
			text += ", NOT WITHIN what the fault promises"
		}
		said = append(said, text)
	}
	if f.LastSeen != nil {
		said = append(said, fmt.Sprintf("GONE WHILE HELD, last seen at %.3f s", *f.LastSeen))
	}
	return strings.Join(said, "; ")
}

// quantity writes a figure of a fault to four digits; a share is a percentage.
func quantity(v float64, unit string) string {
	if unit == "share" {
		return fmt.Sprintf("%.4g %%", 100*v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.4g %s", v, plain(unit)), " ")
}

// stateProven is the only state of a fault that is good.
const stateProven = "proven"

// actionName is how an action is called: "flush: flush on mx2".
func actionName(a record.Action) string {
	return fmt.Sprintf("%s: %s on %s", plain(a.Step), plain(a.Kind), plain(a.Target))
}

// actionWord says how an action went: "done", "failed: ..." or "not reached".
func actionWord(a record.Action) string {
	switch {
	case a.Done():
		return "done"
	case a.Error != "":
		return "failed: " + cmp.Or(plain(a.Error), "no reason given")
	}
	return "not reached"
}

// actionSpan says from when to when an action was carried out; empty if it was
// not reached.
func actionSpan(a record.Action) string {
	if a.Began == nil || a.Ended == nil {
		return ""
	}
	return moment(&record.Interval{Low: *a.Began, High: a.Ended})
}

func list(items []string) string {
	var out []string
	for _, i := range items {
		out = append(out, plain(i))
	}
	return strings.Join(out, ", ")
}

// expectation says whether the run ended as its scenario declared; empty if it
// declared nothing.
func expectation(r record.Record) string {
	e := r.Expect
	if e == nil {
		return ""
	}
	declared := verdictWord(e.Verdict)
	if len(e.Objectives) > 0 {
		declared += " (" + list(e.Objectives) + ")"
	}
	if e.Met {
		return "as the scenario expects: " + declared
	}
	return "NOT as the scenario expects: " + declared
}
