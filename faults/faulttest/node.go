package faulttest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
)

// Node is a node in memory with every ability. Its zero value is not usable;
// see [NewNode]. It is safe for concurrent use.
type Node struct {
	name string
	lies []Lie
	// supervised nodes come back by themselves: the main process after a
	// supervised kill, single processes whenever they die.
	supervised bool

	mu                         sync.Mutex
	running, paused, isolated  bool
	claimsDown, claimsPaused   bool // what the node says beyond the truth
	claimsDropping, claimsOpen bool
	claimsThawed               bool
	willRestart                bool
	shut, unclean              bool // of the node's only disk
	harmed                     bool // something was done to the node
	starts, pids, made         int
	refusals                   int // attempts that a fresh server still refuses
	exit                       int
	packets                    uint64
	ttl                        time.Duration
	processes                  []faults.Process
	rules                      []rule
	host                       *Node // the node in memory, of those beside it
	crowd                      crowd
	calls                      []string
}

// daemons are the processes of a healthy node; the first is its main process.
var daemons = []string{"master", "qmgr", "smtpd", "smtpd"}

// NewNode makes a healthy node that tells these lies.
func NewNode(name string, lies ...Lie) *Node {
	n := &Node{name: name, lies: lies}
	n.boot()
	return n
}

// Supervised makes the node one whose supervisor brings back what dies.
func (n *Node) Supervised() *Node {
	n.supervised = true
	return n
}

// Target is the node with its views from the outside.
func (n *Node) Target() faults.Target {
	return faults.Target{Node: n, Reach: n.reach, Bystander: n.bystander, Domain: "drill.test", IPv6: true, Peers: n.peers()}
}

// Calls lists what was done to the node, in order; looks are left out.
func (n *Node) Calls() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.calls)
}

// TTL is the longest time that the last drop would have lasted.
func (n *Node) TTL() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ttl
}

// Exit ends the main process from within, as a server does that cannot start.
func (n *Node) Exit(code int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.die(code)
}

// Name is the node's name.
func (n *Node) Name() string { return n.name }

func (n *Node) lie(l Lie) bool { return slices.Contains(n.lies, l) }

// did begins a call that changes the node.
func (n *Node) did(ctx context.Context, call string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", call, err)
	}
	n.calls = append(n.calls, call)
	n.harmed = true
	return nil
}

func (n *Node) boot() {
	n.running, n.paused, n.claimsDown, n.willRestart, n.exit = true, false, false, false, 0
	n.starts++
	n.mounted()
	n.processes = nil
	for _, name := range daemons {
		n.processes = append(n.processes, n.spawn(name))
	}
}

func (n *Node) spawn(name string) faults.Process {
	n.pids++
	return faults.Process{PID: 100 + n.pids, Started: fmt.Sprint(1000 + n.pids), State: "S", Command: name}
}

func (n *Node) die(code int) {
	n.running, n.paused, n.exit, n.processes = false, false, code, nil
	n.left()
}

// reach is one attempt from the outside.
func (n *Node) reach(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case n.lie(Blind):
		return fmt.Errorf("dial %s: %w", n.name, faults.ErrNoAnswer)
	case n.isolated:
		n.packets++
		return fmt.Errorf("dial %s: %w", n.name, faults.ErrNoAnswer)
	case !n.running:
		return fmt.Errorf("dial %s: %w", n.name, faults.ErrRefused)
	case n.paused:
		return fmt.Errorf("read from %s: %w", n.name, faults.ErrNoGreeting)
	case n.refusals > 0:
		n.refusals--
		return fmt.Errorf("dial %s: %w", n.name, faults.ErrRefused)
	}
	return nil
}

func (n *Node) bystander(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lie(Spills) && n.harmed {
		return fmt.Errorf("dial the bystander: %w", faults.ErrNoAnswer)
	}
	return ctx.Err()
}
