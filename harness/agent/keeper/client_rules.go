package keeper

import (
	"context"
	"fmt"

	"maildrill/faults"
)

// Mechanisms implements faults.Ruler.
func (r Remote) Mechanisms() []faults.Mechanism { return r.mechanisms }

// Put implements faults.Ruler.
func (r Remote) Put(ctx context.Context, rule faults.Rule) error {
	return r.order(ctx, verbPut, order{Rule: rule}, nil)
}

// Take implements faults.Ruler.
func (r Remote) Take(ctx context.Context, m faults.Mechanism, id string) error {
	return r.order(ctx, verbTake, order{Rule: faults.Rule{Mechanism: m, ID: id}}, nil)
}

// Rules implements faults.Ruler.
func (r Remote) Rules(ctx context.Context, m faults.Mechanism) ([]faults.Standing, error) {
	var reply rulesReply
	err := r.ask(ctx, verbRules, order{Rule: faults.Rule{Mechanism: m}}, &reply)
	return reply.Rules, err
}

// Snapshot implements faults.Snapshotter.
func (r Remote) Snapshot(ctx context.Context) (faults.Snapshot, error) {
	var items faults.Snapshot
	err := r.ask(ctx, verbSnapshot, order{}, &items)
	return items, err
}

// Meter implements faults.PathMeter.
func (r Remote) Meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	var j faults.Journey
	err := r.ask(ctx, verbMeter, order{Train: t}, &j)
	return j, err
}

// Visit implements faults.Visitor.
func (r Remote) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	var reply visitReply
	if err := r.ask(ctx, verbVisit, order{Visit: v}, &reply); err != nil {
		return faults.Sight{}, err
	}
	if reply.Failure == "" {
		return reply.Sight, nil
	}
	return reply.Sight, fmt.Errorf("%w: %s", failures[reply.Failure], reply.Text)
}
