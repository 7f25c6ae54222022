package workload

import (
	"sync"

	"maildrill/harness/ledger"
)

// Counters count copies. What is planned, not unsent and has no verdict yet is
// waiting or in flight.
type Counters struct {
	Planned           int // their time has come
	Unsent            int
	Accepted          int
	RejectedTemporary int
	RejectedPermanent int
	Indeterminate     int
	NotAttempted      int
	Replying          int // in the reply gap just now; they have no verdict yet
}

// tally is the live count.
type tally struct {
	mu sync.Mutex
	n  Counters
}

func (t *tally) snapshot() Counters {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n
}

func (t *tally) planned(copies int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n.Planned += copies
}

func (t *tally) unsent(copies int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n.Unsent += copies
}

func (t *tally) outcome(v ledger.Verdict) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch v {
	case ledger.Accepted:
		t.n.Accepted++
	case ledger.RejectedTemporary:
		t.n.RejectedTemporary++
	case ledger.RejectedPermanent:
		t.n.RejectedPermanent++
	case ledger.Indeterminate:
		t.n.Indeterminate++
	case ledger.NotAttempted:
		t.n.NotAttempted++
	}
}
