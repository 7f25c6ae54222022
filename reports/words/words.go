package words

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Simulated stands on every report of a record from the embedded
// runtime.
const Simulated = "SIMULATED: no real mail server ran. This result satisfies no requirement, control, trend or due date."

// Carry says what the drill clock is worth.
const Carry = "Recovery times were measured under the drill clock: the servers' retry timers are short. " +
	"What rests on a retry does not carry over to production, where it takes longer."

// Headline is the verdict in one word: DIRTY before all else. A verdict that
// nobody knows is shown as it is, and never as a pass.
func Headline(r record.Record) string {
	if r.Dirty {
		return "DIRTY"
	}
	return strings.ToUpper(Verdict(r.Verdict))
}

func Verdict(v record.Verdict) string { return cmp.Or(Plain(string(v)), "no verdict") }

// Dirty says how a dirty run would have ended.
func Dirty(r record.Record) string {
	return fmt.Sprintf("Clean-up could not be proven. Apart from that the drill ended: %s.", Verdict(r.Verdict))
}

// Clock names the clock: "drill clock".
func Clock(r record.Record) string { return cmp.Or(Plain(r.Clock), "unknown") + " clock" }

// Timed tells whether an objective is about recovery or waiting, which mean
// nothing without their clock.
func Timed(o record.Objective) bool {
	return o.Name == "rto" || strings.HasPrefix(o.Name, "rto.") || slices.Contains([]string{"capacity", "drain", "late"}, o.Name)
}

// Name is how a scenario is called; a second trial says so.
func Name(r record.Record) string {
	n := cmp.Or(Plain(r.Scenario.Name), "unnamed")
	if r.Run.Trial > 1 {
		n += fmt.Sprintf(" (trial %d)", r.Run.Trial)
	}
	return n
}

// Marks are the three proofs of a fault: I installed, E effective, X exercised.
// A proof that is missing is a dash.
func Marks(f record.Fault) string {
	mark := func(on bool, letter string) string {
		if on {
			return letter
		}
		return "-"
	}
	return mark(f.Proofs.Installed, "I") + mark(f.Proofs.Effective, "E") + mark(f.Proofs.Exercised > 0, "X")
}

// Revert tells whether the fault was proven gone.
func Revert(f record.Fault) string {
	switch {
	case f.Injected == nil:
		return "never on"
	case f.Reverted && len(f.Residue) == 0:
		return "proven gone"
	}
	return "NOT PROVEN GONE"
}

// ProvenBy says which way a fault was made and how it compares with what was
// asked for: "by tbf; delay on mx1: asked 0.1 s, seen 0.102 s". Empty if there is
// nothing to say.
func ProvenBy(f record.Fault) string {
	var said []string
	if len(f.By) > 0 {
		said = append(said, "by "+List(f.By))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Counted)) {
		said = append(said, fmt.Sprintf("%s: %d", Plain(name), f.Counted[name]))
	}
	for _, m := range f.Measured {
		text := fmt.Sprintf("%s on %s: asked %s, seen %s", Plain(m.What), Plain(m.Target), Quantity(m.Asked, m.Unit), Quantity(m.Seen, m.Unit))
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

// Quantity writes a figure of a fault to four digits; a share is a percentage.
func Quantity(v float64, unit string) string {
	if unit == "share" {
		return fmt.Sprintf("%.4g %%", 100*v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.4g %s", v, Plain(unit)), " ")
}

// StateProven is the only state of a fault that is good.
const StateProven = "proven"

func List(items []string) string {
	var out []string
	for _, i := range items {
		out = append(out, Plain(i))
	}
	return strings.Join(out, ", ")
}

// Expectation says whether the run ended as its scenario declared; empty if it
// declared nothing.
func Expectation(r record.Record) string {
	e := r.Expect
	if e == nil {
		return ""
	}
	declared := Verdict(e.Verdict)
	if len(e.Objectives) > 0 {
		declared += " (" + List(e.Objectives) + ")"
	}
	if e.Met {
		return "as the scenario expects: " + declared
	}
	return "NOT as the scenario expects: " + declared
}

// Span says from when to when a fault was in effect, as surely as it is
// known.
func Span(f record.Fault) string {
	switch {
	case f.Effective == nil:
		return "never seen in effect"
	case f.Healed == nil:
		return "in effect since " + Moment(f.Effective) + ", not seen healed"
	}
	return fmt.Sprintf("in effect since %s, gone at %s", Moment(f.Effective), Moment(f.Healed))
}
