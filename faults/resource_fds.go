package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// scarce is resource.fds: a rule that lowers the limit of single processes. It is
// seen in the kernel's table of each process: its limit, and what it has open.
type scarce struct {
	*ruled
	victims marked // that it was put on
	met     marked // of these, those that were seen short
	spec    LimitSpec
}

// stinted is what resource.fds needs of a node.
type stinted interface {
	signallable
	Starter
	Ruler
}

func newFDLimit(decode func(any) error) (Fault, error) {
	with := struct {
		Name    string `yaml:"name"`
		Free    int    `yaml:"free"`
		Restart bool   `yaml:"restart"`
	}{Restart: true}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if err := checkName(with.Name); err != nil {
		return nil, err
	}
	if with.Free < 0 || with.Free > 1<<20 {
		return nil, fmt.Errorf("free is %d; valid: 0 to %d", with.Free, 1<<20)
	}
	f := &scarce{spec: LimitSpec{Resource: FDs, Process: with.Name, Spare: int64(with.Free), Restart: with.Restart}}
	place := func(t Target) ([]placed, error) { return []placed{{t.Node, f.spec}}, nil }
	made, err := newRuled("resource.fds", with, &ruled{mechanism: Limits, place: place, sees: f.sees})
	if err != nil {
		return nil, err
	}
	f.ruled = made.(ruledFault).ruled
	return aimed[stinted]{work: f, kind: "resource.fds", also: []Ability{Ability(Limits)}}, nil
}

// Undo starts a node whose main process was ended to be started anew.
func (f *scarce) Undo(t Target) []Undo {
	return append(f.ruled.Undo(t), Undo{Node: t.Node.Name(), Verb: "start"})
}

func (f *scarce) inject(ctx context.Context, n stinted, t Target) error {
	if f.recall().phase != held {
		ps, _, err := living(ctx, n, f.spec.Process)
		if err == nil && len(ps) == 0 {
			err = fmt.Errorf("no process %q runs", f.spec.Process)
		}
		if err != nil {
			return err
		}
		f.victims.mark(ps)
	}
	return f.ruled.inject(ctx, n, t)
}

func (f *scarce) verify(ctx context.Context, n stinted, t Target) (Evidence, error) {
	return f.ruled.verify(ctx, n, t)
}

// sees: while held, those that were limited can open no more than is left to
// them. Afterwards nobody is so short; if they are to be started anew, those that
// were limited are gone.
func (f *scarce) sees(ctx context.Context, t Target, p phase) (Evidence, error) {
	n, err := need[stinted](t.Node)
	if err != nil {
		return Evidence{}, err
	}
	ps, s, err := living(ctx, n, f.spec.Process)
	if err != nil {
		return Evidence{}, err
	}
	limited, _ := f.victims.among(ps)
	short := count(ps, f.short)
	e := Evidence{Detail: fmt.Sprintf("%d of %d processes %s can open no more than %d files; node %s", short, len(ps), f.spec.Process, f.spec.Spare, describe(s))}
	switch {
	case p == held:
		e.Effective = len(limited) > 0 && count(limited, f.short) == len(limited)
		e.Measured = f.measured(limited)
		f.met.mark(slices.DeleteFunc(limited, func(p Process) bool { return !f.short(p) }))
		e.Detail += "; " + exercise(ctx, t)
	case p == over && f.spec.Restart:
		left, all := f.met.among(ps)
		e.Effective = short+len(left) > 0
		e.Detail += fmt.Sprintf("; of %d that were seen so %d are not yet started anew", all, len(left))
	default:
		e.Effective = short > 0
	}
	return e, nil
}

func (f *scarce) short(p Process) bool { return p.FreeFiles >= 0 && int64(p.FreeFiles) <= f.spec.Spare }

// measured compares what the best off of them can open.
func (f *scarce) measured(ps []Process) []Measured {
	most := 0
	for _, p := range ps {
		most = max(most, p.FreeFiles)
	}
	return []Measured{{What: "files to open", Asked: float64(f.spec.Spare), Seen: float64(most), Within: int64(most) <= f.spec.Spare}}
}

func (f *scarce) revert(ctx context.Context, n stinted, t Target) error {
	known := f.recall().phase
	err := f.ruled.revert(ctx, n, t)
	f.victims.release(false)
	f.met.release(false)
	if known == idle {
		return err
	}
	_, startErr := revive(ctx, n)
	return errors.Join(err, startErr)
}
