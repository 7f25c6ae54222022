package faults

import (
	"context"
	"time"
)

// Preparer is a Fault that has work to do ahead of its injection, as whoever
// restores a backup must have made one. The run calls Prepare once, after it
// has registered the inverse ([Fault.Undo]), and Inject fails without it.
type Preparer interface {
	// Ahead is how long before Inject. Zero: before the first message of the
	// drill, however long that is.
	Ahead() time.Duration
	// Prepare leaves the target as it is, but for what Undo takes away.
	Prepare(context.Context, Target) error
}
