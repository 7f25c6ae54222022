package harness

import (
	"slices"
	"strings"
	"sync"
	"time"

	"maildrill/harness/ledger"
)

// live is the state that the status line, the guards and the conditions read.
// It decides nothing about the verdict.
type live struct {
	mu       sync.Mutex
	phase    string
	until    time.Duration
	services map[string]bool
	queue    map[string]int
	lost     float64
	lostSeen bool
	faults   map[string]FaultStatus
	actions  map[string]ActionStatus
}

func newLive() *live {
	return &live{services: map[string]bool{}, queue: map[string]int{}, faults: map[string]FaultStatus{}, actions: map[string]ActionStatus{}}
}

func (l *live) enter(phase string, until time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase, l.until = phase, until
}

// playing tells whether the drill still offers mail: the accounting has not
// begun.
func (l *live) playing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phase != "drain" && l.phase != "scan"
}

func (l *live) probed(key string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.services[key] = ok
}

// down counts the services whose last probe failed; known is false until one
// was probed.
func (l *live) down() (n int, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, up := range l.services {
		if !up {
			n++
		}
	}
	return n, len(l.services) > 0
}

func (l *live) queued(node string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue[node] = n
}

// missed notes what the last look for missing copies found; known is false if
// it could not look everywhere.
func (l *live) missed(lost int, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost, l.lostSeen = float64(lost), known
}

func (l *live) missing() (lost float64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost, l.lostSeen
}

// fault replaces the state of a fault but keeps what its proofs said.
func (l *live) fault(id string, s FaultStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.faults[id]
	s.Installed, s.Effective, s.Counted = old.Installed, old.Effective, old.Counted
	l.faults[id] = s
}

// act notes an action that goes on, acted that it is over.
func (l *live) act(id string, s ActionStatus) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.actions[id] = s
}

func (l *live) acted(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.actions, id)
}

func (l *live) proof(id string, p ledger.Proof) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.faults[id]
	if !ok || s.State == "reverting" {
		return
	}
	s.Installed, s.Effective = s.Installed || p.Installed, s.Effective || p.Effective
	for _, n := range p.Counters {
		s.Counted = max(s.Counted, n)
	}
	l.faults[id] = s
}

func (l *live) status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Status{Phase: l.phase, Until: l.until, Services: map[string]bool{}}
	for k, v := range l.services {
		s.Services[k] = v
	}
	for _, n := range l.queue {
		s.Queue += n
	}
	for _, f := range l.faults {
		s.Faults = append(s.Faults, f)
	}
	for _, a := range l.actions {
		s.Actions = append(s.Actions, a)
	}
	slices.SortFunc(s.Actions, func(a, b ActionStatus) int { return strings.Compare(a.Step+a.Node, b.Step+b.Node) })
	slices.SortFunc(s.Faults, func(a, b FaultStatus) int { return strings.Compare(a.Step, b.Step) })
	return s
}

// healthy tells whether the last answer of every probe was good, and that
// there was one of each.
func (l *live) healthy(keys []string) (bool, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		if ok, known := l.services[k]; !known || !ok {
			return false, k
		}
	}
	return true, ""
}
