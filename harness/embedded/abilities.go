package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"maildrill/faults"
	"maildrill/harness/embedded/mta"
	"maildrill/harness/topology"
)

// mortal is a node as the rest of maildrill sees it.
type mortal struct{ *node }

// Name is the node's name in the topology.
func (m mortal) Name() string { return m.node.Name }

var (
	_ topology.Instance = mortal{}
	_ topology.Queuer   = mortal{}
	_ topology.Flusher  = mortal{}
	_ topology.Logger   = mortal{}
	_ faults.Stater     = mortal{}
	_ faults.Killer     = mortal{}
	_ faults.Starter    = mortal{}
	_ faults.Stopper    = mortal{}
	_ faults.Pauser     = mortal{}
	_ faults.Isolator   = mortal{}
	_ topology.Operated = mortal{}
	_ faults.Halted     = mortal{}
)

// vantage is the outside node: an instrument, which can be cut off but not
// killed.
type vantage struct {
	faults.Stater
	faults.Isolator
	name string
}

// Name is the node's name in the topology.
func (v vantage) Name() string { return v.name }

func (n *node) instance() topology.Instance {
	if n.Has(topology.Outside) {
		return vantage{Stater: n, Isolator: n, name: n.Name}
	}
	return mortal{n}
}

// supervisorDelay is how long a supervisor takes to start a node again.
const supervisorDelay = 300 * time.Millisecond

// killed is the exit code of a process that got SIGKILL.
const killed = 137

// State implements faults.Stater.
func (n *node) State(ctx context.Context) (faults.State, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return faults.State{Running: n.life != nil, Paused: n.paused, ExitCode: n.exit,
		Identity: fmt.Sprintf("%s life %d", n.Name, n.starts)}, ctx.Err()
}

// Start implements faults.Starter.
func (n *node) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life != nil || n.halted {
		return nil
	}
	return n.boot()
}

// Halt implements topology.Operated.
func (n *node) Halt(ctx context.Context, grace time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.keepDown(true)
	return n.Stop(ctx, grace)
}

// Launch implements topology.Operated.
func (n *node) Launch(ctx context.Context) error {
	n.keepDown(false)
	return n.Start(ctx)
}

// IsHalted implements faults.Halted.
func (n *node) IsHalted() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.halted
}

func (n *node) keepDown(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.halted = down
}

// Kill implements faults.Killer. Connections are reset; what was acknowledged
// is on disk.
func (n *node) Kill(ctx context.Context, supervised bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	died, ok := n.end(killed)
	if !ok {
		return fmt.Errorf("kill %s: not running", n.Name)
	}
	if supervised && n.Supervised {
		n.system.supervise(n, died)
	}
	return nil
}

// Stop implements faults.Stopper: the servers here need no grace.
func (n *node) Stop(ctx context.Context, _ time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.end(0)
	return nil
}

// end ends the life that is on, and tells which one it was.
func (n *node) end(code int) (life int, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life == nil {
		return n.starts, false
	}
	n.running.Store(false)
	n.life.end()
	n.life, n.exit, n.paused = nil, code, false
	n.host.Freeze(false)
	n.log.Printf("%s ended with code %d", n.Name, code)
	return n.starts, true
}

// supervise starts a node again that died, unless somebody else did.
func (s *System) supervise(n *node, died int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.background.Go(func() {
		timer := time.NewTimer(supervisorDelay)
		defer timer.Stop()
		select {
		case <-timer.C:
			n.revive(died)
		case <-s.life.Done():
		}
	})
}

func (n *node) revive(died int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life != nil || n.halted || n.starts != died {
		return
	}
	if err := n.boot(); err != nil {
		n.log.Printf("supervisor: %v", err)
	}
}

// Pause implements faults.Pauser.
func (n *node) Pause(ctx context.Context) error { return n.freeze(ctx, true) }

// Resume implements faults.Pauser.
func (n *node) Resume(ctx context.Context) error { return n.freeze(ctx, false) }

func (n *node) freeze(ctx context.Context, frozen bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case n.life == nil:
		return fmt.Errorf("freeze or thaw %s: not running", n.Name)
	case n.paused == frozen:
		return fmt.Errorf("freeze or thaw %s: it is so already", n.Name)
	}
	n.paused = frozen
	n.host.Freeze(frozen)
	return nil
}

// Isolate implements faults.Isolator.
func (n *node) Isolate(ctx context.Context, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n.host.Isolate(ttl)
	return nil
}

// Rejoin implements faults.Isolator.
func (n *node) Rejoin(ctx context.Context) error {
	n.host.Rejoin()
	return ctx.Err()
}

// Dropped implements faults.Isolator.
func (n *node) Dropped(ctx context.Context) (uint64, bool, error) {
	packets, on := n.host.Dropped()
	return packets, on, ctx.Err()
}

// Queue implements topology.Queuer, dead or alive. A node without a queue, or
// that declares none, gives errors.ErrUnsupported: an unknown queue is not an
// empty one.
func (n *node) Queue(ctx context.Context) ([]topology.Queued, error) {
	if !isMTA(n.Node) || n.Node.Queue == "none" {
		return nil, fmt.Errorf("read the queue of %s: it has none: %w", n.Name, errors.ErrUnsupported)
	}
	queued, err := mta.ReadQueue(n.queueDir())
	if err != nil {
		return nil, fmt.Errorf("read the queue of %s: %w", n.Name, err)
	}
	return queued, ctx.Err()
}

// Flush implements topology.Flusher.
func (n *node) Flush(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life == nil || n.life.mta == nil {
		return fmt.Errorf("flush %s: no mail server runs", n.Name)
	}
	n.life.mta.Flush()
	return ctx.Err()
}

// Logs implements topology.Logger: all lives, as written so far.
func (n *node) Logs(context.Context) (io.ReadCloser, error) {
	f, err := os.Open(n.logPath)
	if err != nil {
		return nil, fmt.Errorf("read the log of %s: %w", n.Name, err)
	}
	return f, nil
}
