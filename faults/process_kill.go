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
	work := &processKill{name: with.Name, again: with.Again}
	return repeated{aimed[killable]{work: work, kind: "process.kill"}, with.Again}, nil
}

// repeated asks for another Inject whenever the process is back.
type repeated struct {
	aimed[killable]
	again bool
}

func (r repeated) Repeat() bool { return r.again }

func (f *processKill) Undo(t Target) []Undo { return []Undo{{Node: t.Node.Name(), Verb: "start"}} }

func (f *processKill) inject(ctx context.Context, n killable, _ Target) error {
	return f.signal(ctx, n, f.name, "KILL")
}

func (f *processKill) verify(ctx context.Context, n killable, _ Target) (Evidence, error) {
	ps, s, err := living(ctx, n, f.name)
	if err != nil {
		return Evidence{}, err
	}
	return f.evidence(ps, s), nil
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

func (f *processKill) revert(ctx context.Context, n killable, _ Target) error {
	revived, err := revive(ctx, n)
	f.release(revived)
	return err
}
