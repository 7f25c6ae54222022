package harness_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/pause"
	"maildrill/harness/record"
)

// beside adds a step to the quick drill, in which mx1 is dead from 0s to 2s.
func beside(step string) string {
	return strings.Replace(quick, "objectives:", "  - "+step+"\nobjectives:", 1)
}

func stepOf(t *testing.T, r *record.Record, id string) record.Fault {
	t.Helper()
	i := slices.IndexFunc(r.Faults, func(f record.Fault) bool { return f.Step == id })
	if i < 0 {
		t.Fatalf("no step %s in %+v", id, r.Faults)
	}
	return r.Faults[i]
}

// TestAFaultThatWouldMeetAnotherIsNotInjected: when it would begin was not known
// before. The record says why, and the run shows nothing.
func TestAFaultThatWouldMeetAnotherIsNotInjected(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, beside("{id: freeze, when: accepted > 0, fault: node.freeze, on: mx1, for: 1s}")), nil, nil)
	f := stepOf(t, rec, "freeze")
	const why = `mx1: not injected, because node.crash of step "crash" was still on mx1: both change mx1 as a whole`
	if f.State != "refused" && stepOf(t, rec, "crash").State != "refused" {
		t.Fatalf("both were injected: %+v", rec.Faults)
	}
	if f.State == "refused" && (f.Injected != nil || f.Detail != why) {
		t.Errorf("%+v", f)
	}
	gate := rec.Gates[slices.IndexFunc(rec.Gates, func(g record.Gate) bool { return g.Name == "fault-installed" })]
	if rec.Verdict != record.Inconclusive || rec.Dirty || gate.Passed || !strings.Contains(gate.Detail, "not injected, because") {
		t.Errorf("verdict %s (%s), dirty %v, gate %+v", rec.Verdict, rec.Reason, rec.Dirty, gate)
	}
}

// TestAFaultWaitsUntilTheOneBeforeItIsGone: their times do not overlap, but the
// first has yet to be proven gone when the second is due.
func TestAFaultWaitsUntilTheOneBeforeItIsGone(t *testing.T) {
	t.Parallel()
	rec, _ := play(t, compile(t, beside("{id: freeze, at: 2s, fault: node.freeze, on: mx1, for: 1s}")), nil, nil)
	crash, freeze := stepOf(t, rec, "crash"), stepOf(t, rec, "freeze")
	if !crash.Reverted || !freeze.Reverted || freeze.Injected == nil || crash.Clock == nil || crash.Clock.ResidueChecked == nil {
		t.Fatalf("%+v\n%+v", crash, freeze)
	}
	if freeze.Injected.Low < crash.Clock.ResidueChecked.Low {
		t.Errorf("the second began at %v, before the first was seen gone at %v", freeze.Injected, crash.Clock.ResidueChecked)
	}
	if !freeze.Proofs.Effective || freeze.State == "refused" {
		t.Errorf("%+v", freeze)
	}
}

// slowToGo takes its time to go.
type slowToGo struct{ faults.Fault }

func (s slowToGo) Revert(ctx context.Context, t faults.Target) error {
	pause.For(ctx, 4*time.Second)
	return s.Fault.Revert(ctx, t)
}

// TestAFaultThatIsBeingTakenBackIsWaitedFor: by the plan the two do not meet, though
// the time of the second is not known before.
func TestAFaultThatIsBeingTakenBackIsWaitedFor(t *testing.T) {
	t.Parallel()
	plan := compile(t, beside("{id: other, at: 0s, fault: node.freeze, on: mx2, for: 2500ms}\n  - {id: freeze, after: [other], fault: node.freeze, on: mx1, for: 1s}"))
	sound := plan.Steps[0].Make
	plan.Steps[0].Make = func() (faults.Fault, error) { f, err := sound(); return slowToGo{f}, err }
	rec, _ := play(t, plan, nil, nil)
	crash, freeze := stepOf(t, rec, "crash"), stepOf(t, rec, "freeze")
	if freeze.State == "refused" || freeze.Injected == nil || freeze.Injected.Low < crash.Clock.ResidueChecked.Low {
		t.Errorf("%+v\n%+v", crash, freeze)
	}
}
