package faulttest

import (
	"context"

	"maildrill/faults"
)

func (n numb) Put(context.Context, faults.Rule) error               { return nil }
func (n numb) Take(context.Context, faults.Mechanism, string) error { return nil }

func (n numb) Mechanisms() []faults.Mechanism {
	if r, ok := n.Node.(faults.Ruler); ok {
		return r.Mechanisms()
	}
	return nil
}

func (n numb) Rules(ctx context.Context, m faults.Mechanism) ([]faults.Standing, error) {
	if r, ok := n.Node.(faults.Ruler); ok {
		return r.Rules(ctx, m)
	}
	return nil, errUnable
}

func (n numb) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	if r, ok := n.Node.(faults.Visitor); ok {
		return r.Visit(ctx, v)
	}
	return faults.Sight{}, errUnable
}

func (n *interrupted) Mechanisms() []faults.Mechanism {
	if r, ok := n.Node.(faults.Ruler); ok {
		return r.Mechanisms()
	}
	return nil
}

func (n *interrupted) Put(ctx context.Context, rule faults.Rule) error {
	return call(n, func(a faults.Ruler) error { return a.Put(ctx, rule) })
}

func (n *interrupted) Take(ctx context.Context, m faults.Mechanism, id string) error {
	return call(n, func(a faults.Ruler) error { return a.Take(ctx, m, id) })
}

func (n *interrupted) Rules(ctx context.Context, m faults.Mechanism) (found []faults.Standing, err error) {
	err = call(n, func(a faults.Ruler) error { found, err = a.Rules(ctx, m); return err })
	return found, err
}

func (n *interrupted) Visit(ctx context.Context, v faults.Visit) (s faults.Sight, err error) {
	err = call(n, func(a faults.Visitor) error { s, err = a.Visit(ctx, v); return err })
	return s, err
}
