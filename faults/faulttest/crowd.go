package faulttest

import (
	"context"
	"time"

	"maildrill/harness/pause"
)

// crowd is who is at a node at the same time.
type crowd struct {
	present int
	limited bool // some were let in by a limit
	// full ends when somebody was turned away by it.
	full context.Context
	turn context.CancelFunc
}

// beyond tells that there are more than so many.
func (c *crowd) beyond(limit int) bool {
	if c.present <= limit {
		c.limited = true
		return false
	}
	c.turn()
	return true
}

// stay bounds how long those whom a limit lets in wait for the one whom it does
// not.
const stay = 100 * time.Millisecond

// enter counts those who are at the node at the same time.
func (n *Node) enter() (leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.crowd.present++; n.crowd.present == 1 {
		n.crowd.limited = false
		n.crowd.full, n.crowd.turn = context.WithCancel(context.Background())
	}
	return n.leave
}

func (n *Node) leave() {
	n.mu.Lock()
	now := n.crowd
	n.mu.Unlock()
	if now.limited {
		pause.For(now.full, stay)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.crowd.present--
}
