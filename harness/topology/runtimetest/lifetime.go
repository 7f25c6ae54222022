package runtimetest

import (
	"context"
	"sync"
	"testing"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// cancelledStart must leave nothing, so that the same run can start again:
// cancelled before it began, and in the middle.
func (s suite) cancelledStart(t *testing.T) {
	o := options(t, runID())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if running, err := s.runtime.Start(ctx, Topology(), o); err == nil {
		t.Errorf("a cancelled start succeeded; close: %v", running.Close(t.Context()))
	}
	s.cancelMidway(t, o)
	ctx, cancel = context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	running, err := s.runtime.Start(ctx, Topology(), o)
	if err != nil {
		t.Fatalf("start after a cancelled start: %v", err)
	}
	for i := range 2 {
		if err := running.Close(ctx); err != nil {
			t.Errorf("close %d: %v", i+1, err)
		}
	}
	if conn, err := running.Dial(ctx, "mx1", topology.SMTP); err == nil {
		conn.Close()
		t.Error("a closed system can be dialled")
	}
}

// cancelMidway cancels at the first word of progress. A runtime that is quick
// or silent may be ready before it notices.
func (s suite) cancelMidway(t *testing.T, o topology.Options) {
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	spoke := sync.OnceFunc(cancel)
	o.Progress = func(string) { spoke() }
	running, err := s.runtime.Start(ctx, Topology(), o)
	if err != nil {
		return
	}
	t.Log("the start was over before it could be cancelled")
	if err := running.Close(context.WithoutCancel(ctx)); err != nil {
		t.Errorf("close: %v", err)
	}
}

// sideBySide: two systems of the same topology do not meet.
func (s suite) sideBySide(t *testing.T) {
	first, second := s.start(t, runID()), s.start(t, runID())
	ctx, cancel := context.WithTimeout(t.Context(), s.limit)
	defer cancel()
	one, two := kit{t, first, ctx}, kit{t, second, ctx}
	mark := subject("apart")
	one.must(one.send(sender, reader, mark), "send to the first system")
	one.arrives(mark)
	if f, err := two.look(mark); err == nil {
		t.Errorf("mail to the first system is in the second: %v", f)
	}
	if len(s.missing([]faults.Ability{faults.CanStop})) == 0 {
		one.must(node[faults.Stopper](one, "mx1").Stop(ctx, stopGrace), "stop mx1 of the first system")
		one.refused("mx1", topology.SMTP)
		two.must(two.greets("mx1", topology.SMTP, "220"), "mx1 of the second system, while that of the first is down")
	}
	one.must(one.system.Close(ctx), "close the first system")
	two.must(two.greets("mx1", topology.SMTP, "220"), "mx1 of the second system, after the first was closed")
}
