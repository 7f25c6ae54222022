package pause

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestFor(t *testing.T) {
	for _, c := range []struct {
		name       string
		d, ends    time.Duration // how long it should wait, and when the context ends
		want       bool
		wantWaited time.Duration
	}{
		{"to its end", time.Second, time.Minute, true, time.Second},
		{"cut short", time.Minute, time.Second, false, time.Second},
		{"nothing to wait for", -time.Second, time.Minute, true, 0},
		{"ended before", time.Second, 0, false, 0},
		{"ended before, and nothing to wait for", 0, 0, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.ends)
				defer cancel()
				began := time.Now()
				if got := For(ctx, c.d); got != c.want || time.Since(began) != c.wantWaited {
					t.Errorf("%v after %v, want %v after %v", got, time.Since(began), c.want, c.wantWaited)
				}
			})
		})
	}
}
