package faults

import (
	"context"
	"errors"
	"fmt"
)

// crashable is what node.crash needs of a node.
type crashable interface {
	Stater
	Killer
	Starter
	Isolator
}

// crash is node.crash, what node.flap repeats, and the half of
// storage.power-cut that is not about disks.
type crash struct {
	memory
	supervised bool
}

func newCrash(decode func(any) error) (Fault, error) {
	var with struct {
		Supervised bool `yaml:"supervised"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	return aimed[crashable]{work: &crash{supervised: with.Supervised}, kind: "node.crash"}, nil
}

// Undo takes the drop away before the start, as Revert does.
func (f *crash) Undo(t Target) []Undo {
	return []Undo{{Node: t.Node.Name(), Verb: "rejoin"}, {Node: t.Node.Name(), Verb: "start"}}
}

// inject drops first: a process that dies with its network up says so with a
// reset, and fail-over would look faster than it is.
func (f *crash) inject(ctx context.Context, n crashable, t Target) error {
	s, err := stateOf(ctx, n)
	if err != nil {
		return err
	}
	f.hold(s.Identity)
	if err := n.Isolate(ctx, dropFor(t)); err != nil {
		return fmt.Errorf("drop its traffic: %w", err)
	}
	if !s.Running {
		return nil
	}
	if err := n.Kill(ctx, f.supervised); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	return nil
}

func (f *crash) verify(ctx context.Context, n crashable, t Target) (Evidence, error) {
	s, err := stateOf(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	packets, dropping, err := n.Dropped(ctx)
	if err != nil {
		return Evidence{}, fmt.Errorf("read the drop counter: %w", err)
	}
	known := f.recall()
	// Silence counts at any time: a fresh server refuses until it listens,
	// only a drop gives no answer at all.
	v := outside(ctx, t, known.phase, ErrNoAnswer)
	return Evidence{
		Installed: f.installed(s, dropping, known), Effective: v.sign,
		Detail: fmt.Sprintf("%s, traffic %s; %s", describe(s), dropWord(dropping, packets), v.detail),
	}, nil
}

// installed: while held both halves are needed; at any other time either half
// is one too many.
func (f *crash) installed(s State, dropping bool, known remembered) bool {
	down := !s.Running
	if known.phase != held {
		return dropping || down && !known.revived
	}
	anew := f.supervised && known.before != "" && s.Identity != known.before
	return dropping && (down || anew)
}

// dropWord counts what met the drop. The probes did too, so the count is told
// but proves nothing about the mail.
func dropWord(dropping bool, packets uint64) string {
	if dropping {
		return fmt.Sprintf("dropped (%d packets, probes among them)", packets)
	}
	return "passes"
}

// revert lets traffic pass before the start, so that the fresh server meets a
// working network. If the drop stays, the start is tried all the same.
func (f *crash) revert(ctx context.Context, n crashable, _ Target) error {
	dropErr := rejoin(ctx, n)
	revived, startErr := revive(ctx, n)
	f.release(revived)
	return errors.Join(dropErr, startErr)
}

func rejoin(ctx context.Context, n Isolator) error {
	if _, dropping, err := n.Dropped(ctx); err == nil && !dropping {
		return nil
	}
	if err := n.Rejoin(ctx); err != nil {
		return fmt.Errorf("let its traffic pass: %w", err)
	}
	return nil
}
