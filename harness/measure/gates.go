package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// family groups objectives by what their evidence rests on.
type family uint8

const (
	ofLoss     family = iota + 1 // absence: nothing was found
	ofRPO                        // absence, and when
	ofRTO                        // absence: nobody answered
	ofCounts                     // presence: something was found
	ofDelays                     // presence, and when
	ofSecurity                   // presence: something was let through
)

// bearing is what a gate says something about.
type bearing struct {
	on []family // whose evidence rests on it
	// only: it spoils nothing else, and does not deny the pass to a drill that asks
	// for other things.
	only bool
}

var (
	onAll      = bearing{on: []family{ofLoss, ofRPO, ofRTO, ofCounts, ofDelays, ofSecurity}}
	onMail     = bearing{on: []family{ofLoss, ofRPO, ofCounts, ofDelays}}
	onAbsence  = bearing{on: []family{ofLoss, ofRPO}}
	onLoss     = bearing{on: []family{ofLoss}}
	onReach    = bearing{on: []family{ofRPO}}
	onFaults   = bearing{on: []family{ofRTO, ofRPO, ofSecurity}}
	onRecovery = bearing{on: []family{ofRTO}}
	onNothing  = bearing{} // but the pass
	onTimes    = bearing{on: []family{ofRTO, ofRPO, ofDelays}, only: true}
)

// gate is one condition that must hold before the data mean anything. check
// gives what is wrong, or nothing, and what to say when all is well.
type gate struct {
	name  string
	bears bearing
	check func(*inquiry) (wrong, well string)
}

// gates in the order of the record.
var gates = []gate{
	{"conservation", onAll, func(q *inquiry) (string, string) {
		return strings.Join(q.accounts.defects.list(), "; "), "every sum holds"
	}},
	{"ledger-whole", onMail, func(q *inquiry) (string, string) {
		return q.absence.torn, "read to its end"
	}},
	{"baseline-healthy", onFaults, func(q *inquiry) (string, string) {
		return q.story.unhealthy(), "every probed service was good before the first fault"
	}},
	{"load-offered", onReach, func(q *inquiry) (string, string) {
		return q.underloaded(), fmt.Sprintf("%d copies accepted in the baseline, %d of %d unsent", q.survey.settled, q.accounts.Unsent, q.accounts.Planned)
	}},
	{"negative-control", onFaults, func(q *inquiry) (string, string) {
		return q.steps("no clean look before the injection", func(st *step, _ record.Fault) bool { return st.all(q.rules.controlled) }),
			"no fault was seen before it was injected"
	}},
	{"fault-installed", onFaults, func(q *inquiry) (string, string) {
		return q.steps("not installed", func(_ *step, f record.Fault) bool { return f.Proofs.Installed }), "every fault was installed"
	}},
	{"fault-effective", onFaults, func(q *inquiry) (string, string) {
		wrong := q.steps("no effect was seen", func(_ *step, f record.Fault) bool { return f.Proofs.Effective })
		return cmp.Or(wrong, q.steps("gone while it was held", func(_ *step, f record.Fault) bool { return f.LastSeen == nil }),
			q.steps("only some of it was there", func(_ *step, f record.Fault) bool { return f.State != statePartial })), "every fault was seen in effect, to its end"
	}},
	{"fault-exercised", onNothing, func(q *inquiry) (string, string) {
		return q.steps("no mail met it", func(_ *step, f record.Fault) bool { return q.rules.exercised(f.Proofs.Exercised) }), q.exercised()
	}},
	{"actions-done", onNothing, func(q *inquiry) (string, string) {
		return q.story.undone(), fmt.Sprintf("%d actions planned, all done", len(q.story.actions))
	}},
	{"bystander", onFaults, func(q *inquiry) (string, string) {
		return q.steps("hurt a node that had to stay unaffected", func(st *step, _ record.Fault) bool { return !st.any((*target).hurtsOthers) }),
			"no other node was seen affected"
	}},
	{"no-stall-at-edges", onFaults, func(q *inquiry) (string, string) {
		return q.story.stalled(), fmt.Sprintf("%d stalls, none that hides an edge", len(q.story.stalls))
	}},
	{"host-not-saturated", onTimes, func(q *inquiry) (string, string) {
		return q.story.saturated(), "the instrument had the CPU it needed"
	}},
	{"probes-alive", onRecovery, func(q *inquiry) (string, string) {
		return q.story.asleep(), "every service was probed throughout"
	}},
	{"residue-clean", onFaults, func(q *inquiry) (string, string) {
		return q.residue(), q.spotless()
	}},
	{"quiescence", onMail, (*inquiry).quiescence},
	{"mailboxes-read", onMail, func(q *inquiry) (string, string) {
		return q.absence.unread, "every mailbox was read"
	}},
	{"messages-readable", onNothing, (*inquiry).legible},
	{"scans-agree", onMail, func(q *inquiry) (string, string) {
		return q.absence.disagree, "the final two scans found the same"
	}},
	{"replicas-agree", onLoss, func(q *inquiry) (string, string) {
		stores := q.story.spec.Stores
		if len(stores) < 2 {
			return "", "one store"
		}
		if said := q.survey.differing(stores); len(said) > 0 {
			return fmt.Sprintf("%d mailboxes differ, first %s", len(said), said[0]), ""
		}
		return "", strings.Join(stores, ", ") + " hold the same mail"
	}},
	{"sentinel", onMail, func(q *inquiry) (string, string) {
		return q.absence.silent, "arrived: " + strings.Join(sortedKeys(q.story.sentinels), ", ")
	}},
	{"planted-found", onMail, (*inquiry).seasoned},
	{"indeterminate-share", onAbsence, func(q *inquiry) (string, string) {
		share := ratio(q.accounts.Indeterminate, q.accounts.Attempted)
		said := fmt.Sprintf("%d of %d attempted copies are indeterminate", q.accounts.Indeterminate, q.accounts.Attempted)
		if share > indeterminateMost {
			return said + fmt.Sprintf(", at most %.0f %% may be", 100*indeterminateMost), ""
		}
		return "", said
	}},
	{"evidence-complete", onNothing, (*inquiry).evidenced},
}

// pass runs every gate: one row for each, and those that failed.
func (q *inquiry) pass() (rows []record.Gate, failed []gate) {
	for _, g := range gates {
		wrong, well := g.check(q)
		row := record.Gate{Name: g.name, Passed: wrong == "", Detail: well, TimesOnly: g.bears.only}
		if wrong != "" {
			row.Detail, failed = wrong, append(failed, g)
			if g.bears.only {
				row.Detail += "; times are not to be relied on, everything else is"
			}
		}
		rows = append(rows, row)
	}
	return rows, failed
}

// steps names the steps of which something does not hold.
func (q *inquiry) steps(wrong string, holds func(*step, record.Fault) bool) string {
	var said []string
	for i, st := range q.story.steps {
		switch {
		case st.refusal() != "":
			said = append(said, st.Step+": "+st.refusal())
		case !st.reached():
			said = append(said, st.Step+": not reached")
		case !holds(st, q.faults[i]):
			said = append(said, st.Step+": "+wrong)
		}
	}
	return strings.Join(said, "; ")
}

func (q *inquiry) exercised() string {
	var said []string
	for _, f := range q.faults {
		said = append(said, fmt.Sprintf("%s: %d", f.Step, f.Proofs.Exercised))
	}
	return strings.Join(said, ", ")
}

// residue names what was not proven gone.
func (q *inquiry) residue() string {
	said := slices.Clone(q.story.residue)
	for _, f := range q.faults {
		if !f.Reverted {
			said = append(said, f.Step+": not proven gone")
		}
		said = append(said, f.Residue...)
	}
	return strings.Join(said, "; ")
}

// spotless says how much is known of what faults have left.
func (q *inquiry) spotless() string {
	said := "every fault was proven gone"
	if n := len(q.story.compared.Nodes); n > 0 {
		said += fmt.Sprintf(", and %d nodes have the rules, routes, mounts and limits of before", n)
	}
	return said
}

// quiescence: every queue was read empty. A queue that cannot be read does no
// harm only if no copy is missing.
func (q *inquiry) quiescence() (wrong, well string) {
	if q.absence.unquiet != "" {
		return q.absence.unquiet, ""
	}
	if q.absence.blind != "" {
		if missing := q.accounts.Unknown; missing > 0 {
			return fmt.Sprintf("%s, and %d copies are missing", q.absence.blind, missing), ""
		}
		return "", q.absence.blind + ", but no copy is missing"
	}
	return "", "every queue was read empty"
}

func sortedUnique(s []string) []string { return slices.Compact(slices.Sorted(slices.Values(s))) }
