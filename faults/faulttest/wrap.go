package faulttest

import (
	"context"
	"errors"
	"time"

	"maildrill/faults"
)

// every is a node with all abilities; a wrapper hands calls on to it.
type every interface {
	faults.Node
	faults.Stater
	faults.Killer
	faults.Starter
	faults.Stopper
	faults.Pauser
	faults.Isolator
	faults.Signaller
	faults.PowerCutter
	faults.Ruler
	faults.Visitor
	faults.Replacer
}

var (
	_ every = numb{}
	_ every = (*interrupted)(nil)
)

// errUnable is the answer of a wrapped node that lacks an ability.
var errUnable = errors.New("the node behind lacks this ability")

// numb is a node whose acting abilities say yes and do nothing. What it shows
// of itself is true.
type numb struct{ faults.Node }

func (n numb) Kill(context.Context, bool) error             { return nil }
func (n numb) Start(context.Context) error                  { return nil }
func (n numb) Stop(context.Context, time.Duration) error    { return nil }
func (n numb) Pause(context.Context) error                  { return nil }
func (n numb) Resume(context.Context) error                 { return nil }
func (n numb) Isolate(context.Context, time.Duration) error { return nil }
func (n numb) Rejoin(context.Context) error                 { return nil }
func (n numb) CutPower(context.Context) error               { return nil }

func (n numb) Signal(ctx context.Context, name, _ string) (int, error) {
	ps, err := n.Processes(ctx, name)
	return len(ps), err
}

func (n numb) State(ctx context.Context) (faults.State, error) {
	if s, ok := n.Node.(faults.Stater); ok {
		return s.State(ctx)
	}
	return faults.State{}, errUnable
}

func (n numb) Dropped(ctx context.Context) (uint64, bool, error) {
	if i, ok := n.Node.(faults.Isolator); ok {
		return i.Dropped(ctx)
	}
	return 0, false, errUnable
}

func (n numb) Processes(ctx context.Context, name string) ([]faults.Process, error) {
	if g, ok := n.Node.(faults.Signaller); ok {
		return g.Processes(ctx, name)
	}
	return nil, errUnable
}

func (n numb) Disks(ctx context.Context) ([]faults.Disk, error) {
	if p, ok := n.Node.(faults.PowerCutter); ok {
		return p.Disks(ctx)
	}
	return nil, errUnable
}

// interrupted ends a context at its nth call, before the call is handed on.
type interrupted struct {
	faults.Node
	cancel   context.CancelFunc
	left     int  // calls until the end; not positive: it came
	finished bool // the last call went through all the same
}

// call counts down and hands the call on.
func call[T any](n *interrupted, do func(T) error) error {
	n.left--
	if n.left == 0 {
		n.cancel()
	}
	able, ok := n.Node.(T)
	if !ok {
		return errUnable
	}
	err := do(able)
	n.finished = err == nil
	return err
}

func (n *interrupted) State(ctx context.Context) (s faults.State, err error) {
	err = call(n, func(a faults.Stater) error { s, err = a.State(ctx); return err })
	return s, err
}

func (n *interrupted) Kill(ctx context.Context, supervised bool) error {
	return call(n, func(a faults.Killer) error { return a.Kill(ctx, supervised) })
}

func (n *interrupted) Start(ctx context.Context) error {
	return call(n, func(a faults.Starter) error { return a.Start(ctx) })
}

func (n *interrupted) Stop(ctx context.Context, grace time.Duration) error {
	return call(n, func(a faults.Stopper) error { return a.Stop(ctx, grace) })
}

func (n *interrupted) Pause(ctx context.Context) error {
	return call(n, func(a faults.Pauser) error { return a.Pause(ctx) })
}

func (n *interrupted) Resume(ctx context.Context) error {
	return call(n, func(a faults.Pauser) error { return a.Resume(ctx) })
}

func (n *interrupted) Isolate(ctx context.Context, ttl time.Duration) error {
	return call(n, func(a faults.Isolator) error { return a.Isolate(ctx, ttl) })
}

func (n *interrupted) Rejoin(ctx context.Context) error {
	return call(n, func(a faults.Isolator) error { return a.Rejoin(ctx) })
}

func (n *interrupted) Dropped(ctx context.Context) (packets uint64, on bool, err error) {
	err = call(n, func(a faults.Isolator) error { packets, on, err = a.Dropped(ctx); return err })
	return packets, on, err
}

func (n *interrupted) Processes(ctx context.Context, name string) (ps []faults.Process, err error) {
	err = call(n, func(a faults.Signaller) error { ps, err = a.Processes(ctx, name); return err })
	return ps, err
}

func (n *interrupted) Signal(ctx context.Context, name, signal string) (hit int, err error) {
	err = call(n, func(a faults.Signaller) error { hit, err = a.Signal(ctx, name, signal); return err })
	return hit, err
}

func (n *interrupted) CutPower(ctx context.Context) error {
	return call(n, func(a faults.PowerCutter) error { return a.CutPower(ctx) })
}

func (n *interrupted) Disks(ctx context.Context) (disks []faults.Disk, err error) {
	err = call(n, func(a faults.PowerCutter) error { disks, err = a.Disks(ctx); return err })
	return disks, err
}
