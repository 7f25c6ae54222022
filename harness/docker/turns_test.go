package docker

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
)

// TestTurnsAreBounded lets ten start at once where two may.
func TestTurnsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		count := func(by int) {
			mu.Lock()
			defer mu.Unlock()
			now += by
			most = max(most, now)
		}
		turns := newTurns(2)
		var group errgroup.Group
		for range 10 {
			group.Go(func() error {
				return turns.take(t.Context(), func() error {
					count(1)
					defer count(-1)
					time.Sleep(time.Second)
					return nil
				})
			})
		}
		if err := group.Wait(); err != nil || most != 2 {
			t.Errorf("%d at once, %v; want 2", most, err)
		}
	})
}

func TestTurnIsGivenUpWithItsContext(t *testing.T) {
	turns := newTurns(0) // an engine that does not say: one
	err := turns.take(t.Context(), func() error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return turns.take(ctx, func() error { t.Error("worked without a turn"); return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
