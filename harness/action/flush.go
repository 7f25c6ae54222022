package action

import (
	"context"
	"fmt"

	"maildrill/harness/topology"
)

type flush struct{}

func newFlush(decode func(any) error) (Action, error) { return flush{}, decode(&struct{}{}) }

// Check implements [Particular].
func (flush) Check(t topology.Topology, on []string) (wrong []Misfit) {
	return refuse(t, on, func(n topology.Node) string {
		if n.Queue == "" || n.Queue == "none" {
			return "has no queue to flush"
		}
		return ""
	})
}

func (flush) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	f, err := find[topology.Flusher](s, node, "has no queue to flush")
	if err == nil {
		err = f.Flush(ctx)
	}
	return Outcome{}, err
}

// find gives a node that can do something, or says that it cannot.
func find[N any](s Site, node, cannot string) (can N, err error) {
	instance, _ := s.Instance(node)
	can, ok := instance.(N)
	if !ok {
		err = fmt.Errorf("node %s %s", node, cannot)
	}
	return can, err
}

// refuse names the nodes with which something is wrong.
func refuse(t topology.Topology, on []string, why func(topology.Node) string) (wrong []Misfit) {
	for _, name := range on {
		n, ok := t.Node(name)
		if !ok {
			continue // reported with the names
		}
		if said := why(n); said != "" {
			wrong = append(wrong, Misfit{Key: "on", What: fmt.Sprintf("node %q %s", name, said)})
		}
	}
	return wrong
}

// own says that a node is one of the drill's own, of which actions have no hold.
func own(n topology.Node) string {
	switch {
	case n.Has(topology.Outside):
		return "is the vantage of the drill, an instrument"
	case n.Has(topology.DNS) && n.Server == "dns":
		return "is the drill's own name server"
	}
	return ""
}
