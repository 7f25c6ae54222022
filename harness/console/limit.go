package console

import (
	"net/netip"
	"sync"
	"time"
)

// Attempts with a wrong token or code: so many at once for an address, then one in
// a while. What is right does not count.
const (
	attempts     = 10
	attemptEvery = 6 * time.Second
	mostClients  = 4096
)

// limits are the attempts of each address. When there are more addresses than can
// be kept, those that are not share one allowance.
type limits struct {
	mu      sync.Mutex
	clients map[netip.Addr]*allowance
	others  *allowance
}

// allowance is what is left to an address, as of a time.
type allowance struct {
	left float64
	at   time.Time
}

func newLimits() *limits {
	return &limits{clients: map[netip.Addr]*allowance{}, others: newAllowance()}
}

func newAllowance() *allowance { return &allowance{attempts, time.Now()} }

// now is what is left at this moment.
func (a *allowance) now() float64 {
	now := time.Now()
	a.left = min(attempts, a.left+float64(now.Sub(a.at))/float64(attemptEvery))
	a.at = now
	return a.left
}

// try takes one attempt. What was right is called back, and was none.
func (l *limits) try(from netip.Addr) (right func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.of(from)
	if a.now() < 1 {
		return nil, false
	}
	a.left--
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		a.left = min(attempts, a.left+1)
	}, true
}

// of finds the allowance of an address. The lock is held.
func (l *limits) of(from netip.Addr) *allowance {
	if from.Is6() { // one customer has a whole /64
		if net, err := from.Prefix(64); err == nil {
			from = net.Addr()
		}
	}
	if known := l.clients[from]; known != nil {
		return known
	}
	if len(l.clients) >= mostClients {
		l.forget()
	}
	if len(l.clients) >= mostClients {
		return l.others
	}
	l.clients[from] = newAllowance()
	return l.clients[from]
}

// forget drops those who have not tried for long. The lock is held.
func (l *limits) forget() {
	for from, a := range l.clients {
		if a.now() >= attempts {
			delete(l.clients, from)
		}
	}
}
