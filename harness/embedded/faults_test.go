package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// reach is one look at mx1 from the outside, as the run engine makes it.
func reach(s topology.System) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		conn, err := s.Dial(ctx, "mx1", topology.SMTP)
		switch {
		case errors.Is(err, topology.ErrRefused):
			return fmt.Errorf("%w: %w", faults.ErrRefused, err)
		case errors.Is(err, topology.ErrTimeout):
			return fmt.Errorf("%w: %w", faults.ErrNoAnswer, err)
		case err != nil:
			return err
		}
		defer conn.Close()
		deadline, _ := ctx.Deadline()
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, make([]byte, 3)); err != nil {
			return fmt.Errorf("%w: %w", faults.ErrNoGreeting, err)
		}
		return nil
	}
}

// TestFaults: every fault of a whole node proves itself on and off here, and
// those of single processes are out of reach.
func TestFaults(t *testing.T) {
	s := start(t, nil)
	mx1, _ := s.Instance("mx1")
	target := faults.Target{Node: mx1, Reach: reach(s), Hold: time.Minute}
	for _, kind := range faults.Catalogue {
		if kind.ID == "process.kill" || kind.ID == "process.stop" {
			if faults.Has(mx1, faults.CanSignal) {
				t.Errorf("%s: the embedded runtime has no processes", kind.ID)
			}
			continue
		}
		t.Run(kind.ID, func(t *testing.T) {
			f, err := kind.New(func(any) error { return nil })
			check(t, err)
			proof := func(when string, want bool) {
				t.Helper()
				e, err := f.Verify(t.Context(), target)
				if err != nil || e.Installed != want || e.Effective != want {
					t.Errorf("%s: %+v, %v", when, e, err)
				}
			}
			proof("before", false)
			check(t, f.Inject(t.Context(), target))
			proof("held", true)
			check(t, f.Revert(t.Context(), target))
			proof("after", false)
			check(t, f.Revert(t.Context(), target))
		})
	}
}
