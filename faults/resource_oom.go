package faults

import (
	"context"
	"errors"
	"fmt"
)

// starved is resource.oom: the kernel's OOM killer ends a process of the node. It
// is proven by the kernel's count of its kills, and by the process that is gone.
type starved struct {
	marked
	name string // empty: the main process
}

// mainProcess is the parameter `name` that means the node's main process.
const mainProcess = "main"

// killedByKernel is what resource.oom needs of a node.
type killedByKernel interface {
	signallable
	Starter
	Ruler
}

func newOOM(decode func(any) error) (Fault, error) {
	with := struct {
		Name string `yaml:"name"`
	}{Name: mainProcess}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if err := checkName(with.Name); err != nil {
		return nil, err
	}
	if with.Name == mainProcess {
		with.Name = ""
	}
	return aimed[killedByKernel]{work: &starved{name: with.Name}, kind: "resource.oom", also: []Ability{Ability(Limits)}}, nil
}

func (f *starved) rule() string { return "resource.oom-" + f.name }

func (f *starved) Undo(t Target) []Undo {
	return []Undo{
		{Node: t.Node.Name(), Verb: "take", Args: map[string]string{"mechanism": string(Limits), "id": f.rule()}},
		{Node: t.Node.Name(), Verb: "start"},
	}
}

func (f *starved) inject(ctx context.Context, n killedByKernel, t Target) error {
	ps, s, err := f.candidates(ctx, n)
	switch {
	case err != nil:
		return err
	case f.recall().phase == held && f.gone(ps, s) > 0:
		return nil // one was killed already
	case !s.Running:
		return errors.New("the node does not run")
	case f.name != "" && len(ps) == 0:
		return fmt.Errorf("no process %q runs", f.name)
	}
	f.hold(s.Identity)
	f.mark(ps)
	rule, err := NewRule(f.rule(), Limits, LimitSpec{Resource: OOM, Process: f.name}, dropFor(t))
	if err == nil {
		err = n.Put(ctx, rule)
	}
	return err
}

// candidates are the processes with the name; of the main process only the
// node's state tells.
func (f *starved) candidates(ctx context.Context, n killedByKernel) ([]Process, State, error) {
	if f.name == "" {
		s, err := stateOf(ctx, n)
		return nil, s, err
	}
	return living(ctx, n, f.name)
}

// gone counts those that ended since the fault.
func (f *starved) gone(ps []Process, s State) int {
	if f.name != "" {
		left, all := f.among(ps)
		return all - len(left)
	}
	if before := f.recall().before; before != "" && (!s.Running || s.Identity != before) {
		return 1
	}
	return 0
}

func (f *starved) verify(ctx context.Context, n killedByKernel, _ Target) (Evidence, error) {
	ps, s, err := f.candidates(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	standing, err := n.Rules(ctx, Limits)
	if err != nil {
		return Evidence{}, fmt.Errorf("read its limits: %w", err)
	}
	var e Evidence
	for _, r := range standing {
		if r.ID == f.rule() {
			e.Installed, e.By, e.Counters = true, r.By, r.Counters
		}
	}
	known := f.recall()
	if known.phase != held {
		e.Installed = e.Installed || !s.Running && !known.revived
		e.Detail = "node " + describe(s)
		return e, nil
	}
	gone := f.gone(ps, s)
	e.Installed = e.Installed && e.Counters[oomKills] > 0
	e.Effective = gone > 0
	e.Detail = fmt.Sprintf("the kernel counts %d killed; %d processes that ran before are gone; node %s", e.Counters[oomKills], gone, describe(s))
	return e, nil
}

func (f *starved) revert(ctx context.Context, n killedByKernel, _ Target) error {
	err := n.Take(ctx, Limits, f.rule())
	if f.recall().phase == idle {
		return err
	}
	revived, startErr := revive(ctx, n)
	f.release(revived)
	return errors.Join(err, startErr)
}
