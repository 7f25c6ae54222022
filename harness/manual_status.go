package harness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"sync"

	"maildrill/faults"
	"maildrill/harness/control"
	"maildrill/harness/topology"
)

// Status implements control.Desk.
func (m *manual) Status(ctx context.Context) (*control.Status, error) {
	s := &control.Status{Run: m.r.cfg.Folder.ID(), Topology: m.r.topology.Name, Runtime: m.r.cfg.Runtime.Name(),
		Holder: m.holder(), Nodes: make([]control.Node, len(m.r.topology.Nodes)), Faults: []control.Fault{}}
	var looks sync.WaitGroup
	for i, n := range m.r.topology.Nodes {
		looks.Go(func() { s.Nodes[i] = m.node(ctx, n) })
	}
	m.mu.Lock()
	held := slices.DeleteFunc(slices.Clone(m.faults), (*byHand).isGone)
	m.mu.Unlock()
	for _, f := range held {
		s.Faults = append(s.Faults, f.state())
	}
	looks.Wait()
	return s, ctx.Err()
}

func (m *manual) holder() control.Holder {
	h := control.Holder{PID: os.Getpid(), Since: m.r.began, Lease: m.r.cfg.Lease.Seconds()}
	h.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		h.User = u.Username
	}
	return h
}

// node looks at a node now: what its engine says, and what a client sees.
func (m *manual) node(ctx context.Context, n topology.Node) control.Node {
	out := control.Node{Name: n.Name, Host: n.Host, Server: n.Server, State: "unknown"}
	instance, _ := m.r.system.Instance(n.Name)
	if s, ok := instance.(faults.Stater); ok {
		out.State = stateWord(s.State(ctx))
	}
	if reach := m.r.reach(n); reach != nil {
		out.Health = healthWord(reach(ctx))
	}
	return out
}

func stateWord(s faults.State, err error) string {
	switch {
	case err != nil:
		return "unknown: " + err.Error()
	case s.Running && s.Paused:
		return "paused"
	case s.Running:
		return "running"
	}
	return fmt.Sprintf("exited %d", s.ExitCode)
}

// healthWord says what a client sees, in the words of the faults where it can.
func healthWord(err error) string {
	if err == nil {
		return "answers"
	}
	for _, known := range []error{faults.ErrRefused, faults.ErrNoAnswer, faults.ErrNoGreeting} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return cmp.Or(err.Error(), "unknown")
}
