package harness_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness"
)

// early is a fault with work to do ahead, which notes when it was called.
type early struct {
	faults.Fault
	calls *calls
	ahead time.Duration
}

type calls struct {
	mu       sync.Mutex
	order    []string
	prepared time.Time
	lead     time.Duration // from the preparation to the injection
	prepares func()        // what happens then; nil: nothing
}

func (c *calls) note(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order = append(c.order, name)
	switch name {
	case "prepare":
		c.prepared = time.Now()
	case "inject":
		c.lead = time.Since(c.prepared)
	}
}

func (c *calls) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.order, " ")
}

func (e early) Ahead() time.Duration { return e.ahead }

func (e early) Prepare(context.Context, faults.Target) error {
	e.calls.note("prepare")
	if e.calls.prepares != nil {
		e.calls.prepares()
	}
	return nil
}

func (e early) Inject(ctx context.Context, t faults.Target) error {
	e.calls.note("inject")
	return e.Fault.Inject(ctx, t)
}

func (e early) Revert(ctx context.Context, t faults.Target) error {
	e.calls.note("revert")
	return e.Fault.Revert(ctx, t)
}

func TestAFaultIsPreparedAheadOfItsStep(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, time.Second} {
		plan := compile(t, quick)
		step, c := &plan.Steps[0], &calls{}
		sound := step.Make
		step.Make = func() (faults.Fault, error) { f, err := sound(); return early{f, c, ahead}, err }
		rec, _ := play(t, plan, nil, nil)
		if got := c.String(); got != "prepare inject revert" || c.lead < ahead {
			t.Errorf("called %q, the preparation %v ahead; want at least %v", got, c.lead, ahead)
		}
		if f := rec.Faults[0]; f.State != "proven" {
			t.Errorf("fault %+v", f)
		}
	}
}

// What was prepared for a step that never comes is taken back.
func TestWhatWasPreparedInVainIsTakenBack(t *testing.T) {
	t.Parallel()
	plan := compile(t, quick)
	step, c := &plan.Steps[0], &calls{}
	sound := step.Make
	step.At = time.Hour
	step.Make = func() (faults.Fault, error) { f, err := sound(); return early{f, c, 0}, err }
	play(t, plan, nil, func(_ *harness.Config, stop context.CancelCauseFunc) {
		c.prepares = func() { stop(errors.New("enough")) }
	})
	if got := c.String(); got != "prepare revert" {
		t.Errorf("called %q", got)
	}
}
