package embedded_test

import (
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// TestFaults: every fault of a whole node proves itself on and off here, and
// those of single processes are out of reach.
func TestFaults(t *testing.T) {
	s := start(t, nil)
	mx1, _ := s.Instance("mx1")
	target := faults.Target{Node: mx1, Reach: probe.Reach(s, "mx1", topology.SMTP, "220"), Hold: time.Minute}
	for _, kind := range faults.Catalogue {
		if kind.ID == "process.kill" || kind.ID == "process.stop" {
			if faults.Has(mx1, faults.CanSignal) {
				t.Errorf("%s: the embedded runtime has no processes", kind.ID)
			}
			continue
		}
		if slices.Contains(kind.Needs, faults.CanCutPower) {
			if faults.Has(mx1, faults.CanCutPower) {
				t.Errorf("%s: the embedded runtime has no disks", kind.ID)
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
