// Package pause waits for a time, or until somebody has had enough.
package pause

import (
	"context"
	"time"
)

// For waits so long; false: the context ended first. What is over already is not
// waited for.
func For(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
