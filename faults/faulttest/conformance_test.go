package faulttest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
)

// flawed is a freeze with one planted defect. Without one it is sound.
type flawed struct {
	defect string
	on     bool
}

func (f *flawed) is(defect string) bool { return f.defect == defect }

func (f *flawed) Undo(t faults.Target) []faults.Undo {
	switch {
	case f.is("no inverse as data"):
		return nil
	case f.is("inverse of another node"):
		return []faults.Undo{{Node: "mx2", Verb: "resume"}}
	case f.is("inverse that does not help"):
		return []faults.Undo{{Node: t.Node.Name(), Verb: "start"}}
	}
	return []faults.Undo{{Node: t.Node.Name(), Verb: "resume"}}
}

func (f *flawed) Inject(ctx context.Context, t faults.Target) error {
	s, err := t.Node.(faults.Stater).State(ctx)
	if s.Paused && !f.is("second inject fails") {
		return nil
	}
	if err == nil && !f.is("inject does nothing") {
		err = t.Node.(faults.Pauser).Pause(ctx)
	}
	f.on = true
	if f.is("cancellation is swallowed") {
		return nil
	}
	return err
}

func (f *flawed) Verify(ctx context.Context, t faults.Target) (faults.Evidence, error) {
	s, err := t.Node.(faults.Stater).State(ctx)
	symptom := t.Reach(ctx) != nil
	switch {
	case f.is("always on"):
		return faults.Evidence{Installed: true, Effective: true}, nil
	case f.is("believes itself"):
		return faults.Evidence{Installed: f.on, Effective: f.on}, nil
	case f.is("fails on a node that was started anew") && f.on && !s.Paused:
		return faults.Evidence{}, errors.New("no such process")
	}
	return faults.Evidence{Installed: s.Paused, Effective: symptom, BystanderHurt: t.Bystander(ctx) != nil}, err
}

func (f *flawed) Revert(ctx context.Context, t faults.Target) error {
	n := t.Node.(every)
	s, err := n.State(ctx)
	switch {
	case f.is("revert does nothing"):
		return nil
	case f.is("revert only after inject") && !f.on:
		return errors.New("never injected")
	case f.is("second revert fails") && !s.Paused && f.on:
		return n.Resume(ctx)
	case f.is("revert restarts what it did not break") && !s.Paused:
		return errors.Join(n.Kill(ctx, false), n.Start(ctx))
	}
	wasOn := f.on
	f.on = f.is("second revert fails") || f.is("fails on a node that was started anew") && wasOn
	if s.Paused {
		return errors.Join(err, n.Resume(ctx))
	}
	return err
}

// run gives the names of the cases that a defect fails.
func run(t *testing.T, within time.Duration, defect string, lies ...Lie) []string {
	kind := faults.Kind{ID: "test.freeze", New: func(func(any) error) (faults.Fault, error) { return &flawed{defect: defect}, nil }}
	var failed []string
	for _, c := range cases {
		s, err := newSubject(kind, NewNode("mx1", lies...).Target(), Options{Within: within, Every: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if c.check(t.Context(), s) != nil {
			failed = append(failed, c.name)
		}
	}
	return failed
}

func TestSoundFaultPasses(t *testing.T) {
	if failed := run(t, 5*time.Second, ""); len(failed) > 0 {
		t.Errorf("a sound fault failed %q", failed)
	}
}

// Each planted defect fails the case that is there for it.
func TestDefectsAreFound(t *testing.T) {
	for _, c := range []struct{ defect, by string }{
		{"inject does nothing", "inject, prove, hold, revert, prove gone"},
		{"always on", "inject, prove, hold, revert, prove gone"},
		{"always on", "a node that does nothing is not proven"},
		{"believes itself", "a node that does nothing is not proven"},
		{"revert does nothing", "inject, prove, hold, revert, prove gone"},
		{"revert does nothing", "cancelled half-way, then reverted"},
		{"second inject fails", "inject twice, revert twice"},
		{"second revert fails", "inject twice, revert twice"},
		{"revert only after inject", "revert without inject"},
		{"revert restarts what it did not break", "revert without inject"},
		{"cancellation is swallowed", "cancelled half-way, then reverted"},
		{"fails on a node that was started anew", "restarted while held"},
		{"no inverse as data", "undone by somebody else from the data"},
		{"inverse of another node", "undone by somebody else from the data"},
		{"inverse that does not help", "undone by somebody else from the data"},
	} {
		if failed := run(t, 20*time.Millisecond, c.defect); !slices.Contains(failed, c.by) {
			t.Errorf("%q was not found by %q, only by %q", c.defect, c.by, failed)
		}
	}
}

func TestHurtBystanderFailsTheProof(t *testing.T) {
	if failed := run(t, 20*time.Millisecond, "", Spills); !slices.Contains(failed, cases[0].name) {
		t.Errorf("failed only %q", failed)
	}
}
