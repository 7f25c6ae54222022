package faults

import (
	"context"
	"fmt"
)

// work is what differs from kind to kind: the fault on a node that has the
// abilities N.
type work[N any] interface {
	Undo(Target) []Undo
	inject(context.Context, N, Target) error
	verify(context.Context, N, Target) (Evidence, error)
	revert(context.Context, N, Target) error
}

// aimed makes a [Fault] of a work: it finds the abilities on the target, looks
// at the bystander too, and says in its errors what was done to which node.
type aimed[N any] struct {
	work[N]
	kind string
	also []Ability // that the interface N cannot name: mechanisms
}

func (f aimed[N]) Inject(ctx context.Context, t Target) error {
	n, err := need[N](t.Node, f.also...)
	if err == nil {
		err = f.inject(ctx, n, t)
	}
	return f.attempt("inject", t, err)
}

func (f aimed[N]) Verify(ctx context.Context, t Target) (Evidence, error) {
	n, err := need[N](t.Node, f.also...)
	var e Evidence
	if err == nil {
		e, err = f.verify(ctx, n, t)
	}
	if err == nil {
		e, err = witness(ctx, t, e)
	}
	return e, f.attempt("verify", t, err)
}

func (f aimed[N]) Revert(ctx context.Context, t Target) error {
	n, err := need[N](t.Node, f.also...)
	if err == nil {
		err = f.revert(ctx, n, t)
	}
	return f.attempt("revert", t, err)
}

// attempt says what was attempted, on which node.
func (f aimed[N]) attempt(verb string, t Target, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s on %s: %w", verb, f.kind, t.Node.Name(), err)
}

// stateOf reads the state of a node.
func stateOf(ctx context.Context, n Stater) (State, error) {
	s, err := n.State(ctx)
	if err != nil {
		return s, fmt.Errorf("read its state: %w", err)
	}
	return s, nil
}
