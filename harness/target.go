package harness

import (
	"context"
	"fmt"
	"slices"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// target gives a fault its node, what it may know of the others, and the view
// that proves it. A link is looked at by its server's end.
func (r *rig) target(s planning.Step, a planning.Aimed) (faults.Target, error) {
	t := planning.Target(r.topology, a)
	t.Hold = s.For
	planning.Enliven(&t, r.system)
	if t.Node == nil {
		return t, fmt.Errorf("node %s of step %s does not run", a.Node, s.ID)
	}
	seen := a.Node
	if a.Link != nil {
		seen = a.Link.To
	}
	node, _ := r.topology.Node(seen)
	t.Reach = r.reach(node)
	return t, nil
}

// bystander is a node that no step of the timeline touches.
func (r *run) bystander() (topology.Node, bool) {
	all := bystanders(r.topology, r.plan.Touched())
	if len(all) == 0 {
		return topology.Node{}, false
	}
	return all[0], true
}

// bystanders are nodes that have a service to look at and are not touched: mail
// servers first, the name server and the like after them, and at last those that
// ask a touched node before they answer anybody: they suffer, and rightly so.
func bystanders(t topology.Topology, touched []string) []topology.Node {
	var mail, others, askers []topology.Node
	for _, n := range t.Nodes {
		switch {
		case n.Health.Service == "" || n.Standby || slices.Contains(touched, n.Name):
		case asks(t, n.Name, touched):
			askers = append(askers, n)
		case n.Has(topology.Store) || n.Has(topology.MX):
			mail = append(mail, n)
		default:
			others = append(others, n)
		}
	}
	slices.Reverse(others)
	return slices.Concat(mail, others, askers)
}

// asks tells whether a node needs an answer of others in its own dialogues, as of a
// filter or a directory. Who only passes mail on has a queue for that.
func asks(t topology.Topology, node string, others []string) bool {
	passes := []topology.Service{topology.SMTP, topology.LMTP}
	return slices.ContainsFunc(t.Links, func(l topology.Link) bool {
		return l.From == node && slices.Contains(others, l.To) && !slices.Contains(passes, l.Service)
	})
}

// reach looks at the node's own service; nil if it has none.
func (r *rig) reach(n topology.Node) func(context.Context) error {
	if n.Health.Service == "" {
		return nil
	}
	return probe.Reach(r.system, n.Name, n.Health.Service, n.Health.Expect)
}
