package faults

import (
	"context"
	"fmt"
)

// processKill is process.kill.
type processKill struct {
	marked
	name  string
	again bool
}

// killable is what process.kill needs of a node: Start, because a node ends
// with its main process.
type killable interface {
	signallable
	Starter
}

func newProcessKill(decode func(any) error) (Fault, error) {
	var with struct {
		Name  string `yaml:"name"`
		Again bool   `yaml:"again"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if err := checkName(with.Name); err != nil {
		return nil, err
	}
	return &processKill{name: with.Name, again: with.Again}, nil
}

func (f *processKill) node(t Target) (killable, error) {
	return need[killable](t.Node, CanState, CanSignal, CanStart)
}

// Repeat asks for another Inject whenever the process is back.
func (f *processKill) Repeat() bool { return f.again }

func (f *processKill) Undo(t Target) []Undo { return []Undo{{Node: t.Node.Name(), Verb: "start"}} }

func (f *processKill) Inject(ctx context.Context, t Target) error {
	n, err := f.node(t)
	if err == nil {
		err = f.signal(ctx, n, f.name, "KILL")
	}
	return attempt("inject", "process.kill", t, err)
}

func (f *processKill) Verify(ctx context.Context, t Target) (Evidence, error) {
	e, err := f.verify(ctx, t)
	return e, attempt("verify", "process.kill", t, err)
}

func (f *processKill) verify(ctx context.Context, t Target) (Evidence, error) {
	n, err := f.node(t)
	if err != nil {
		return Evidence{}, err
	}
	ps, s, err := living(ctx, n, f.name)
	if err != nil {
		return Evidence{}, err
	}
	e := f.evidence(ps, s)
	return witness(ctx, t, e)
}

// evidence: while held, the signalled processes are gone. With again the fault
// has lapsed when others took their place, so that the timeline knows when to
// kill the next. Nothing keeps a process down after the last
// kill, and daemons that start on demand may be away for long: afterwards only
// a node that went down with its process is a trace.
func (f *processKill) evidence(ps []Process, s State) Evidence {
	known := f.recall()
	if known.phase != held {
		return Evidence{Installed: !s.Running && !known.revived, Detail: fmt.Sprintf("node %s, %d processes %s", describe(s), len(ps), f.name)}
	}
	survivors, signalled := f.among(ps)
	gone := signalled > 0 && len(survivors) == 0
	return Evidence{
		Installed: gone,
		Effective: gone,
		Lapsed:    f.again && len(ps) > 0,
		Detail: fmt.Sprintf("structural evidence: %d of %d killed processes %s are gone, %d run now; node %s",
			signalled-len(survivors), signalled, f.name, len(ps), describe(s)),
	}
}

func (f *processKill) Revert(ctx context.Context, t Target) error {
	return attempt("revert", "process.kill", t, f.revert(ctx, t))
}

func (f *processKill) revert(ctx context.Context, t Target) error {
	n, err := f.node(t)
	if err != nil {
		return err
	}
	revived, err := revive(ctx, n)
	f.release(revived)
	return err
}
