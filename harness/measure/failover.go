package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
)

// failover is when mail of one step's targets was first accepted elsewhere: at a
// node of the same role that had accepted none before, or a copy that met the
// fault at a target and was accepted by another node.
type failover struct {
	step    *step
	onset   *span
	roles   map[string][]string
	can     bool            // there is another node of the role
	before  map[string]bool // nodes that accepted mail before the fault
	refused map[ledger.Copy]bool
	met     time.Duration // when the first attempt at a target ended; 0: none
	at      time.Duration // 0: not seen
	node    string
}

// entryRoles are those of the nodes that the workload's mail goes to.
var entryRoles = []string{"mx", "submission", "relay"}

func (q *inquiry) newFailover(st *step) *failover {
	f := &failover{step: st, onset: st.onset(), roles: q.story.spec.Timing.Roles,
		before: map[string]bool{}, refused: map[ledger.Copy]bool{}}
	for node := range f.roles {
		f.can = f.can || f.standsIn(node)
	}
	return f
}

// standsIn tells whether a node can take the mail of the targets.
func (f *failover) standsIn(node string) bool {
	if f.target(node) {
		return false
	}
	for _, t := range f.step.targets {
		for _, role := range f.roles[t.name] {
			if slices.Contains(entryRoles, role) && slices.Contains(f.roles[node], role) {
				return true
			}
		}
	}
	return false
}

func (f *failover) target(node string) bool {
	return slices.ContainsFunc(f.step.targets, func(t *target) bool { return t.is(node) })
}

// meet notes the first attempt at a target after the onset.
func (f *failover) meet(e ledger.Entry) {
	if f.onset != nil && e.End >= f.onset.low && f.target(e.Node) && (f.met == 0 || e.End < f.met) {
		f.met = e.End
	}
}

// tried notes a copy that a target did not take. Those in flight only are kept.
func (f *failover) tried(e ledger.Entry) {
	f.meet(e)
	if f.can && f.onset != nil && e.End >= f.onset.low && f.target(e.Node) {
		f.refused[e.Copy] = true
	}
}

func (f *failover) answered(e ledger.Entry) {
	f.meet(e)
	refused := f.refused[e.Copy]
	delete(f.refused, e.Copy)
	if !f.can || f.onset == nil || e.Verdict != ledger.Accepted {
		return
	}
	node := f.named(e.Node)
	if e.End < f.onset.low {
		f.before[node] = true
		return
	}
	if (refused || !f.before[node]) && f.standsIn(node) && (f.at == 0 || e.End < f.at) {
		f.at, f.node = e.End, node
	}
}

// named gives the node behind a host.
func (f *failover) named(host string) string {
	if _, known := f.roles[host]; known {
		return host
	}
	for node := range f.roles {
		if names(host, node) {
			return node
		}
	}
	return host
}
