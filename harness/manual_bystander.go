package harness

import (
	"context"
	"slices"
	"sync"

	"maildrill/harness/topology"
)

// spared is the node that a fault must leave unaffected: one that answered
// before the fault, for as long as nobody puts another fault on it.
type spared struct {
	m *manual

	mu     sync.Mutex
	chosen bool
	node   topology.Node
	count  int // how often it had been touched when it was chosen
}

// name is the node's name; empty if there is none, or none any more.
func (s *spared) name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.node.Name == "" || s.m.touches(s.node.Name) != s.count {
		return ""
	}
	return s.node.Name
}

// look is the bystander's view of [faults.Target]. The first look chooses.
func (s *spared) look(ctx context.Context) error {
	s.choose(ctx)
	name := s.name()
	if name == "" {
		return nil
	}
	err := s.m.r.reach(s.node)(ctx)
	if s.name() == "" { // another fault was put on it meanwhile
		return nil
	}
	return err
}

func (s *spared) choose(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chosen {
		return
	}
	s.chosen = true
	for _, n := range bystanders(s.m.r.topology, s.m.touchedNow()) {
		count := s.m.touches(n.Name)
		if s.m.r.reach(n)(ctx) == nil {
			s.node, s.count = n, count
			return
		}
	}
}

func (m *manual) touches(node string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.touched[node]
}

// touchedNow lists the nodes that a fault is on, or is about to be.
func (m *manual) touchedNow() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for _, f := range m.faults {
		if !f.isGone() {
			names = append(names, f.touches()...)
		}
	}
	return names
}

// touches lists the nodes of a fault, and the other ends of its links.
func (f *byHand) touches() []string {
	var names []string
	for _, a := range f.step.Targets {
		names = append(names, a.Node)
		if a.Link != nil {
			names = append(names, a.Link.To)
		}
	}
	return slices.Compact(names)
}
