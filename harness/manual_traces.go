package harness

import (
	"context"
	"slices"
)

// play holds a fault from its negative control to its proof of absence, and
// looks at what is held for the nodes before and after.
func (m *manual) play(f *byHand) {
	defer close(f.over)
	m.traces.note(context.WithoutCancel(m.life))
	f.hold()
	m.settle()
}

// settle compares what is held for the nodes once nothing is on any more.
func (m *manual) settle() {
	steps, found := m.traces.compare(context.WithoutCancel(m.life))
	for _, f := range m.named(steps) {
		f.leaves(found)
	}
}

func (m *manual) named(ids []string) (all []*byHand) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.faults {
		if slices.Contains(ids, f.id) {
			all = append(all, f)
		}
	}
	return all
}

// quiet implements presence. A fault that could not be taken back is still on.
func (m *manual) quiet() (steps []string, entered int, quiet bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	on := slices.ContainsFunc(m.faults, (*byHand).isOn)
	return slices.Clone(m.since), len(m.faults), len(m.since) > 0 && !on
}

// compared implements presence.
func (m *manual) compared(entered int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.faults) != entered {
		return false
	}
	m.since = nil
	return true
}
