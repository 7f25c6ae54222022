package faults

import "sync"

// phase is where a fault stands between its calls.
type phase int

const (
	idle phase = iota // Inject was never called
	held
	over // Revert was called after the last Inject
)

// memory is what a fault knows from its earlier calls.
type memory struct {
	mu   sync.Mutex
	seen remembered
}

// remembered is a copy of the memory, to decide on without holding the lock.
type remembered struct {
	phase  phase
	before string // identity of the node before the first Inject; empty: not known
	// revived: Revert saw the node run. If it ends after that, it ends by
	// itself, and the fault is still gone.
	revived bool
}

func (m *memory) recall() remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen
}

// hold notes that Inject was called, before anything is changed. The identity
// of the first call stays, because later calls see what the fault left.
func (m *memory) hold(identity string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen.phase == held {
		return
	}
	m.seen = remembered{phase: held, before: identity}
}

// release notes that Revert was called. A fault that was never injected stays
// idle.
func (m *memory) release(revived bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen.phase == idle {
		return
	}
	m.seen.phase = over
	m.seen.revived = m.seen.revived || revived
}
