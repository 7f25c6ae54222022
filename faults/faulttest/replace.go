package faulttest

import (
	"context"
	"fmt"

	"maildrill/faults"
)

var _ faults.Replacer = (*Node)(nil)

// ReplaceSpares: a node that is not made anew, although it says so.
const ReplaceSpares Lie = "replace returns without an error and replaces nothing"

// Replace makes the node anew.
func (n *Node) Replace(ctx context.Context, keepVolumes bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, fmt.Sprint("replace ", keepVolumes)); err != nil {
		return err
	}
	if n.lie(ReplaceSpares) {
		return nil
	}
	n.made++
	n.boot()
	n.refusals = coldStart
	return nil
}

// Made tells how often it was made.
func (n *Node) Made(ctx context.Context) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return fmt.Sprint("making ", n.made), ctx.Err()
}

func (n numb) Replace(context.Context, bool) error { return nil }

func (n numb) Made(ctx context.Context) (string, error) {
	if r, ok := n.Node.(faults.Replacer); ok {
		return r.Made(ctx)
	}
	return "", errUnable
}

func (n *interrupted) Replace(ctx context.Context, keepVolumes bool) error {
	return call(n, func(a faults.Replacer) error { return a.Replace(ctx, keepVolumes) })
}

func (n *interrupted) Made(ctx context.Context) (made string, err error) {
	err = call(n, func(a faults.Replacer) error { made, err = a.Made(ctx); return err })
	return made, err
}
