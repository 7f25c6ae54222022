package embedded_test

import (
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/embedded"
	"maildrill/harness/probe"
	"maildrill/harness/topology"
)

// claimed are the kinds that are within the abilities that the runtime names.
func claimed() []faults.Kind {
	can := embedded.New(embedded.Config{}).Abilities()
	return slices.DeleteFunc(slices.Clone(faults.Catalogue), func(k faults.Kind) bool {
		return slices.ContainsFunc(k.Needs, func(a faults.Ability) bool { return !slices.Contains(can, a) })
	})
}

// TestFaults: every fault that the runtime claims proves itself on and off
// here, and a node has no ability that is not claimed.
func TestFaults(t *testing.T) {
	s := start(t, nil)
	mx1, _ := s.Instance("mx1")
	target := faults.Target{Node: mx1, Reach: probe.Reach(s, "mx1", topology.SMTP, "220"), Hold: time.Minute}
	kinds := claimed()
	if len(kinds) < 5 {
		t.Fatalf("only %d kinds are claimed", len(kinds))
	}
	can := embedded.New(embedded.Config{}).Abilities()
	for _, kind := range faults.Catalogue {
		for _, a := range kind.Needs {
			if faults.Has(mx1, a) && !slices.Contains(can, a) {
				t.Errorf("%s: the node has the ability %q, which the runtime does not claim", kind.ID, a)
			}
		}
	}
	for _, kind := range kinds {
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
