package workload

import (
	"sync"
	"time"

	"maildrill/harness/esmtp"
)

// place is what an open connection is good for: a host's address, and who
// logged in there.
type place struct{ address, user string }

// connection is an open session.
type connection struct {
	*esmtp.Session
	place
	taken int           // messages that it was used for
	since time.Duration // idle
}

// pool holds connections between two messages, and counts those that are open.
type pool struct {
	most  int
	clock func() time.Duration

	mu   sync.Mutex
	idle []*connection // the last one used comes last
	open int           // idle or busy
}

// idleMost is how long a connection waits for another message: about as long as
// an MTA keeps one.
const idleMost = 2 * time.Second

// take gives a connection to a place, the last one that was used; nil: there is
// none.
func (p *pool) take(at place) *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.idle) - 1; i >= 0; i-- {
		if c := p.idle[i]; c.place == at {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return c
		}
	}
	return nil
}

// enter makes room for a new connection: when as many as allowed are open, the
// one that is idle for longest has to go.
func (p *pool) enter() {
	p.mu.Lock()
	var oldest *connection
	if p.open >= p.most && len(p.idle) > 0 {
		oldest, p.idle = p.idle[0], p.idle[1:]
		p.open--
	}
	p.open++
	p.mu.Unlock()
	if oldest != nil {
		oldest.Close()
	}
}

// leave is for a connection that was closed, or could not be made.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open--
}

// give hands a connection back for another message.
func (p *pool) give(c *connection) {
	c.since = p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
}

// keep closes what was idle for too long, and in the end everything.
func (p *pool) keep(done <-chan struct{}) {
	look := time.NewTicker(idleMost / 4)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			p.close(p.clock() - idleMost)
		case <-done:
			p.close(p.clock())
			return
		}
	}
}

// close ends all connections that are idle since then or before.
func (p *pool) close(since time.Duration) {
	p.mu.Lock()
	n := 0
	for n < len(p.idle) && p.idle[n].since <= since {
		n++
	}
	old := p.idle[:n:n]
	p.idle = p.idle[n:]
	p.open -= n
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range old {
		all.Go(c.Close)
	}
	all.Wait()
}
