package faults

import (
	"context"
	"fmt"
	"slices"
)

// processStop is process.stop.
type processStop struct {
	marked
	name string
}

func newProcessStop(decode func(any) error) (Fault, error) {
	var with struct {
		Name string `yaml:"name"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if err := checkName(with.Name); err != nil {
		return nil, err
	}
	return aimed[signallable]{work: &processStop{name: with.Name}, kind: "process.stop"}, nil
}

func (f *processStop) Undo(t Target) []Undo {
	return []Undo{{Node: t.Node.Name(), Verb: "signal", Args: map[string]string{"name": f.name, "signal": "CONT"}}}
}

func (f *processStop) inject(ctx context.Context, n signallable, _ Target) error {
	return f.signal(ctx, n, f.name, "STOP")
}

func (f *processStop) verify(ctx context.Context, n signallable, _ Target) (Evidence, error) {
	ps, s, err := living(ctx, n, f.name)
	if err != nil {
		return Evidence{}, err
	}
	stopped := slices.ContainsFunc(ps, Process.stopped)
	if f.recall().phase == held {
		// Others may have been started beside them; those that were stopped
		// must have stayed so.
		survivors, _ := f.among(ps)
		stopped = len(survivors) > 0 && !slices.ContainsFunc(survivors, func(p Process) bool { return !p.stopped() })
	}
	return Evidence{Installed: stopped, Effective: stopped,
		Detail: fmt.Sprintf("structural evidence: %d of %d processes %s are stopped; node %s", count(ps, Process.stopped), len(ps), f.name, describe(s))}, nil
}

func count(ps []Process, is func(Process) bool) int {
	n := 0
	for _, p := range ps {
		if is(p) {
			n++
		}
	}
	return n
}

func (f *processStop) revert(ctx context.Context, n signallable, _ Target) error {
	defer f.release(false)
	ps, _, err := living(ctx, n, f.name)
	if err == nil && !slices.ContainsFunc(ps, Process.stopped) {
		return nil
	}
	if _, err := n.Signal(ctx, f.name, "CONT"); err != nil {
		return fmt.Errorf("signal %s with CONT: %w", f.name, err)
	}
	return nil
}
