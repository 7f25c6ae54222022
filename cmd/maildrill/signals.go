package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
)

// ownSignals are the commands that know what a signal means for them: they have
// faults to take back. Whatever else is interrupted simply ends.
var ownSignals = []string{"run", "sweep", "up", "inject", "revert", "search", "calibrate", "cleanup", "run-due", "daemon", "agent", "guard", "victim"}

// listen ends the context of a command that takes no signals itself, and lets
// the next signal end the process: it may be busy with what no context ends.
func (p *process) listen(c *cobra.Command, _ []string) {
	for at := c; at.HasParent(); at = at.Parent() {
		if slices.Contains(ownSignals, at.Name()) {
			return
		}
	}
	ctx, stop := context.WithCancelCause(c.Context())
	c.SetContext(ctx)
	go func() {
		select {
		case <-p.Signals:
			stop(errStopped)
			if p.Deaf != nil {
				p.Deaf()
			}
		case <-ctx.Done():
		}
	}()
}
