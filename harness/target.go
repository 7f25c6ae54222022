package harness

import (
	"context"
	"fmt"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// target gives a fault its node and the two views that prove it.
func (r *run) target(s planning.Step, name string) faults.Target {
	instance, ok := r.system.Instance(name)
	if !ok {
		r.fail(fmt.Errorf("node %s of step %s does not run", name, s.ID))
	}
	node, _ := r.plan.Topology.Node(name)
	t := faults.Target{Node: instance, Reach: r.reach(node), Hold: s.For}
	if b, ok := r.bystander(); ok {
		t.Bystander = r.reach(b)
	}
	return t
}

// bystander is a node that no step of the timeline acts on, a mail server if
// there is one, else the name server.
func (r *run) bystander() (topology.Node, bool) {
	faulted := map[string]bool{}
	for _, n := range r.plan.Faulted() {
		faulted[n] = true
	}
	var last topology.Node
	for _, n := range r.plan.Topology.Nodes {
		if faulted[n.Name] || n.Health.Service == "" {
			continue
		}
		if n.Has(topology.Store) || n.Has(topology.MX) {
			return n, true
		}
		last = n
	}
	return last, last.Name != ""
}

// reach looks at the node's own service; nil if it has none.
func (r *run) reach(n topology.Node) func(context.Context) error {
	if n.Health.Service == "" {
		return nil
	}
	return probe.Reach(r.system, n.Name, n.Health.Service, n.Health.Expect)
}
