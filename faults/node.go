package faults

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// freezable is what node.freeze needs of a node.
type freezable interface {
	Stater
	Pauser
}

// freeze is node.freeze.
type freeze struct{ memory }

func newFreeze(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	return aimed[freezable]{work: &freeze{}, kind: "node.freeze"}, nil
}

func (f *freeze) Undo(t Target) []Undo { return []Undo{{Node: t.Node.Name(), Verb: "resume"}} }

func (f *freeze) inject(ctx context.Context, n freezable, _ Target) error {
	s, err := stateOf(ctx, n)
	if err != nil {
		return err
	}
	f.hold(s.Identity)
	if s.Paused {
		return nil
	}
	return n.Pause(ctx)
}

func (f *freeze) verify(ctx context.Context, n freezable, t Target) (Evidence, error) {
	s, err := stateOf(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	// No answer counts too: a frozen server does not accept, and when its
	// listen queue is full the kernel drops further handshakes.
	v := outside(ctx, t, f.recall().phase, ErrNoGreeting, ErrNoAnswer)
	return Evidence{Installed: s.Running && s.Paused, Effective: v.sign, Detail: describe(s) + "; " + v.detail}, nil
}

func (f *freeze) revert(ctx context.Context, n freezable, _ Target) error {
	defer f.release(false)
	s, err := n.State(ctx)
	if err == nil && !s.Paused {
		return nil
	}
	if err := n.Resume(ctx); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// stoppable is what node.stop needs of a node.
type stoppable interface {
	Stater
	Stopper
	Starter
}

// stop is node.stop.
type stop struct {
	memory
	grace time.Duration
}

// longestGrace bounds the grace, so that a slip of the unit shows.
const longestGrace = 10 * time.Minute

func newStop(decode func(any) error) (Fault, error) {
	with := struct {
		Grace time.Duration `yaml:"grace"`
	}{Grace: 10 * time.Second}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if with.Grace < 0 || with.Grace > longestGrace {
		return nil, fmt.Errorf("grace is %v; valid: 0s to %v", with.Grace, longestGrace)
	}
	return aimed[stoppable]{work: &stop{grace: with.Grace}, kind: "node.stop"}, nil
}

func (f *stop) Undo(t Target) []Undo { return []Undo{{Node: t.Node.Name(), Verb: "start"}} }

func (f *stop) inject(ctx context.Context, n stoppable, _ Target) error {
	s, err := stateOf(ctx, n)
	if err != nil {
		return err
	}
	f.hold(s.Identity)
	if !s.Running {
		return nil
	}
	return n.Stop(ctx, f.grace)
}

func (f *stop) verify(ctx context.Context, n stoppable, t Target) (Evidence, error) {
	s, err := stateOf(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	known := f.recall()
	v := outside(ctx, t, known.phase, ErrRefused)
	down := !s.Running && !known.revived
	// A server that was started refuses until it listens: that is its
	// recovery, not the fault.
	effective := v.sign && (known.phase == idle || down)
	return Evidence{Installed: down, Effective: effective, Detail: describe(s) + "; " + v.detail}, nil
}

func (f *stop) revert(ctx context.Context, n stoppable, _ Target) error {
	revived, err := revive(ctx, n)
	f.release(revived)
	return err
}

// startable is a node that can be brought back and be seen to be back.
type startable interface {
	Stater
	Starter
}

// revive starts a node that is down and tells whether it was seen to run.
func revive(ctx context.Context, n startable) (bool, error) {
	if s, err := n.State(ctx); err == nil && s.Running {
		return true, nil
	}
	if h, ok := n.(Halted); ok && h.IsHalted() {
		return false, nil
	}
	if err := n.Start(ctx); err != nil {
		return false, fmt.Errorf("start: %w", err)
	}
	s, err := stateOf(ctx, n)
	if err != nil {
		return false, fmt.Errorf("after the start: %w", err)
	}
	if !s.Running {
		return false, errors.New("it does not run after the start: " + describe(s))
	}
	return true, nil
}
