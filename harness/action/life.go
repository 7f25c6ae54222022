package action

import (
	"context"
	"time"

	"maildrill/harness/topology"
)

// defaultGrace is how long a server has to end in order.
const defaultGrace = 10 * time.Second

type stopParams struct {
	Grace time.Duration `yaml:"grace"`
}

func decodeGrace(decode func(any) error) (stopParams, error) {
	p := stopParams{Grace: defaultGrace}
	err := decode(&p)
	return p, err
}

// stop shuts nodes down.
type stop struct{ stopParams }

func newStop(decode func(any) error) (Action, error) {
	p, err := decodeGrace(decode)
	return stop{p}, err
}

// Check implements [Particular].
func (stop) Check(t topology.Topology, on []string) []Misfit { return running(t, on) }

func (a stop) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	n, err := operated(s, node)
	if err == nil {
		err = n.Halt(ctx, a.Grace)
	}
	return Outcome{}, err
}

// start brings nodes up that are down.
type start struct{}

func newStart(decode func(any) error) (Action, error) { return start{}, decode(&struct{}{}) }

// Check implements [Particular].
func (start) Check(t topology.Topology, on []string) []Misfit { return running(t, on) }

func (start) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	return Outcome{}, launch(ctx, s, node)
}

// restart is a stop and a start.
type restart struct{ stopParams }

func newRestart(decode func(any) error) (Action, error) {
	p, err := decodeGrace(decode)
	return restart{p}, err
}

// Check implements [Particular].
func (restart) Check(t topology.Topology, on []string) []Misfit { return running(t, on) }

func (a restart) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	n, err := operated(s, node)
	if err == nil {
		err = n.Halt(ctx, a.Grace)
	}
	if err == nil {
		err = launch(ctx, s, node)
	}
	return Outcome{}, err
}

// scaleOut brings nodes up that stood by.
type scaleOut struct{}

func newScaleOut(decode func(any) error) (Action, error) { return scaleOut{}, decode(&struct{}{}) }

// Check implements [Particular].
func (scaleOut) Check(t topology.Topology, on []string) []Misfit {
	return refuse(t, on, func(n topology.Node) string {
		if !n.Standby {
			return "runs from the start: give it `standby: true` in the topology"
		}
		return ""
	})
}

func (scaleOut) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	return Outcome{}, launch(ctx, s, node)
}

// launch starts a node and waits until it is ready.
func launch(ctx context.Context, s Site, node string) error {
	n, err := operated(s, node)
	if err == nil {
		err = n.Launch(ctx)
	}
	if err == nil {
		err = s.Ready(ctx, node)
	}
	return err
}

func operated(s Site, node string) (topology.Operated, error) {
	return find[topology.Operated](s, node, "cannot be stopped and started")
}

// running refuses what no operator stops and starts.
func running(t topology.Topology, on []string) []Misfit {
	return refuse(t, on, func(n topology.Node) string {
		switch {
		case n.Has(topology.Outside):
			return own(n)
		case n.Standby:
			return "stands by: action scale-out starts it, and it runs from then on"
		}
		return ""
	})
}
