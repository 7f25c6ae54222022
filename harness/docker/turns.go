package docker

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// turns bounds how many containers of all runs of this process are made or
// started at the same moment. An engine that makes a topology at once takes every
// CPU of its host for seconds, and a drill that runs beside it measures that.
type turns struct{ free *semaphore.Weighted }

// newTurns gives as many turns as the engine has CPUs.
func newTurns(cpus int) turns {
	return turns{free: semaphore.NewWeighted(int64(max(cpus, 1)))}
}

// take waits for a turn and does the work in it. The work must not take another.
func (t turns) take(ctx context.Context, work func() error) error {
	if err := t.free.Acquire(ctx, 1); err != nil {
		return err
	}
	defer t.free.Release(1)
	return work()
}
