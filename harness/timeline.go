package harness

import (
	"context"
	"sync"
	"time"

	"maildrill/harness/pause"
	"maildrill/harness/planning"
)

// conditionPoll is how often a `when:` condition and the guards are looked at.
const conditionPoll = 100 * time.Millisecond

// timeline plays every step and returns when all of them are over: held for
// their time, reverted, and proven clean. When the context ends, steps that
// have not begun are dropped and those that hold are reverted at once.
func (r *run) timeline(ctx context.Context) {
	origin := r.clock()
	r.playing.Store(int64(origin))
	over := map[string]chan struct{}{}
	for _, s := range r.plan.Steps {
		over[s.ID] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for _, s := range r.plan.Steps {
		wg.Go(func() {
			defer close(over[s.ID])
			if planned, ok := r.due(ctx, s, origin, over); ok {
				r.begins(s, planned)
				r.play(ctx, s)
			}
		})
	}
	wg.Wait()
}

// due waits until the step may begin, and tells since when; false: it never
// will.
func (r *run) due(ctx context.Context, s planning.Step, origin time.Duration, over map[string]chan struct{}) (time.Duration, bool) {
	for _, id := range s.After {
		select {
		case <-over[id]:
		case <-ctx.Done():
			return 0, false
		}
	}
	if s.When != nil {
		holds := r.until(ctx, conditionPoll, func() bool { return s.When.Holds(r.metrics()) })
		return r.clock(), holds
	}
	planned := origin + s.At
	if len(s.After) > 0 {
		planned = r.clock() + s.At
	}
	return planned, pause.For(ctx, planned-r.clock())
}

// play carries out one step on all of its targets at the same time.
func (r *run) play(ctx context.Context, s planning.Step) {
	if !s.IsFault() {
		r.act(ctx, s)
		return
	}
	var wg sync.WaitGroup
	for _, aimed := range s.Targets {
		wg.Go(func() { r.hold(ctx, s, aimed) })
	}
	wg.Wait()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
