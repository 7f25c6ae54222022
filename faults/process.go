package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// signallable is what the faults on single processes need of a node.
type signallable interface {
	Stater
	Signaller
}

// commandBytes is the longest command name that the kernel keeps (proc(5),
// comm: TASK_COMM_LEN less the final zero byte).
const commandBytes = 15

func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("name is missing: the command name of the processes, for instance qmgr")
	case len(name) > commandBytes:
		return fmt.Errorf("name %q has %d bytes; the kernel keeps the first %d: %q", name, len(name), commandBytes, name[:commandBytes])
	case strings.ContainsAny(name, "/ \t\n"):
		return fmt.Errorf("name %q is no command name; valid: the name without path and arguments", name)
	}
	return nil
}

// identity tells a process from a later one with the same number.
func (p Process) identity() string { return fmt.Sprintf("%d@%s", p.PID, p.Started) }

// stopped: state T of proc(5).
func (p Process) stopped() bool { return p.State == "T" }

// living lists the processes with the name, corpses left out. On a node that
// is down there are none.
func living(ctx context.Context, n signallable, name string) ([]Process, State, error) {
	s, err := n.State(ctx)
	if err != nil {
		return nil, s, fmt.Errorf("read the node's state: %w", err)
	}
	if !s.Running {
		return nil, s, nil
	}
	all, err := n.Processes(ctx, name)
	if err != nil {
		return nil, s, fmt.Errorf("list the processes %s: %w", name, err)
	}
	return slices.DeleteFunc(slices.Clone(all), func(p Process) bool { return p.State == "Z" || p.State == "X" }), s, nil
}

// marked remembers the processes that a fault signalled.
type marked struct {
	memory
	victims map[string]bool
}

// mark adds processes to those that were signalled. The first mark of a new
// hold forgets those of the last.
func (m *marked) mark(ps []Process) {
	fresh := m.recall().phase != held
	m.hold("")
	m.mu.Lock()
	defer m.mu.Unlock()
	if fresh || m.victims == nil {
		m.victims = map[string]bool{}
	}
	for _, p := range ps {
		m.victims[p.identity()] = true
	}
}

// among picks the processes that were signalled and still live, and tells how
// many were signalled.
func (m *marked) among(ps []Process) (survivors []Process, signalled int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range ps {
		if m.victims[p.identity()] {
			survivors = append(survivors, p)
		}
	}
	return survivors, len(m.victims)
}

// signal sends to every process with the name. That there is none is an error
// unless the fault is on already.
func (m *marked) signal(ctx context.Context, n signallable, name, signal string) error {
	ps, _, err := living(ctx, n, name)
	if err != nil {
		return err
	}
	if len(ps) == 0 {
		if m.recall().phase == held {
			return nil
		}
		return fmt.Errorf("no process %q runs", name)
	}
	m.mark(ps)
	if _, err := n.Signal(ctx, name, signal); err != nil {
		return fmt.Errorf("signal %s with %s: %w", name, signal, err)
	}
	return nil
}
