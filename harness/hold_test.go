package harness_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/pause"
	"maildrill/harness/record"
)

// meddled is a fault whose target somebody starts anew while it is held.
type meddled struct {
	faults.Fault
	looks *atomic.Int32
}

func (m meddled) Verify(ctx context.Context, t faults.Target) (faults.Evidence, error) {
	e, err := m.Fault.Verify(ctx, t)
	if e.Installed && e.Effective && m.looks.Add(1) == 2 {
		err = t.Node.(faults.Starter).Start(ctx)
	}
	return e, err
}

func TestAFaultThatIsGoneWhileHeldIsIneffective(t *testing.T) {
	t.Parallel()
	plan := compile(t, strings.ReplaceAll(quick, "node.crash, on: mx1, for: 2s", "node.stop, on: mx1, for: 4s"))
	step := &plan.Steps[0]
	sound := step.Make
	looks := new(atomic.Int32)
	step.Make = func() (faults.Fault, error) { f, err := sound(); return meddled{f, looks}, err }
	rec, _ := play(t, plan, nil, nil)
	f := rec.Faults[0]
	if f.State != "ineffective" || f.LastSeen == nil || !f.Reverted || rec.Verdict == record.Passed {
		t.Errorf("verdict %s; fault %+v; want ineffective, with the time at which it was last seen", rec.Verdict, f)
	}
	if !strings.Contains(rec.Reason, "gone while it was held") {
		t.Errorf("the reason does not say it: %s", rec.Reason)
	}
}

// sluggish is a flap whose later injections take their time, and give up when
// their context ends.
type sluggish struct {
	faults.Fault
	calls *atomic.Int32
}

func (s sluggish) Cycle() (down, up time.Duration, count int) { return s.Fault.(faults.Cycler).Cycle() }

func (s sluggish) Inject(ctx context.Context, t faults.Target) error {
	if s.calls.Add(1) > 1 && !pause.For(ctx, 3*time.Second) {
		return ctx.Err()
	}
	return s.Fault.Inject(ctx, t)
}

// TestTheEndOfAHoldIsNoLoss: the time of a flap is over while it comes back from
// its rest. Nothing of it was lost.
func TestTheEndOfAHoldIsNoLoss(t *testing.T) {
	t.Parallel()
	plan := compile(t, strings.ReplaceAll(quick, "node.crash, on: mx1, for: 2s", "node.flap, on: mx1, for: 4s, with: {period: 2s}"))
	step := &plan.Steps[0]
	sound := step.Make
	calls := new(atomic.Int32)
	step.Make = func() (faults.Fault, error) { f, err := sound(); return sluggish{f, calls}, err }
	rec, _ := play(t, plan, nil, nil)
	if f := rec.Faults[0]; calls.Load() != 2 || f.LastSeen != nil || f.State != "proven" || !f.Reverted {
		t.Errorf("%d injections; fault %+v; want it proven, and gone", calls.Load(), f)
	}
}
