package campaign

import (
	"slices"
	"testing"
	"time"
)

func TestDDMin(t *testing.T) {
	all := []int{1, 2, 3, 4, 5, 6, 7, 8}
	for _, needed := range [][]int{{1}, {8}, {2, 7}, {1, 4, 8}, all} {
		asked := 0
		got := ddmin(all, func(kept []int) bool {
			asked++
			for _, n := range needed {
				if !slices.Contains(kept, n) {
					return false
				}
			}
			return true
		})
		if !slices.Equal(got, needed) {
			t.Errorf("ddmin gave %v, want %v", got, needed)
		}
		if asked > 64 {
			t.Errorf("%v took %d questions", needed, asked)
		}
	}
}

func TestShrinkMakesFewerThenShorterThenFewerTargets(t *testing.T) {
	s := Schedule{N: 1, Entries: []Entry{
		{ID: "a", Fault: "node.stop", On: []string{"mx1"}, For: 4 * time.Second},
		{ID: "b", Fault: "node.crash", On: []string{"mx1", "mx2", "mx3"}, For: 8 * time.Second, After: "a"},
		{ID: "c", Fault: "net.loss", On: []string{"store1"}, At: 3 * time.Second, For: 8 * time.Second},
	}}
	fails := func(s Schedule) bool { // two seconds without mx2 are enough
		return slices.ContainsFunc(s.Entries, func(e Entry) bool {
			return e.Fault == "node.crash" && slices.Contains(e.On, "mx2") && e.For >= 2*time.Second
		})
	}
	got := shrinker{fails: fails, over: func() bool { return false }}.shrink(s)
	if want := "node.crash on mx2 for 2s"; got.String() != want {
		t.Errorf("got %q, want %q", got, want)
	}
	over := shrinker{fails: fails, over: func() bool { return true }}.shrink(s)
	if over.String() != s.String() {
		t.Errorf("without trials it became %q", over)
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		rate    Rate
		repeats int
		text    string
	}{
		{Rate{3, 3}, 2, "3 of 3 (at least 36 %, 95 % confidence)"},
		{Rate{1, 3}, 6, "1 of 3 (at least 1 %, 95 % confidence)"},
		{Rate{1, 10}, 14, "1 of 10 (at least 0 %, 95 % confidence)"},
		{Rate{0, 5}, 14, "0 of 5 (at most 46 %, 95 % confidence)"},
		{Rate{}, 5, "not run again"},
	} {
		if got := c.rate.repeats(); got != c.repeats {
			t.Errorf("%v: %d repeats, want %d", c.rate, got, c.repeats)
		}
		if got := c.rate.String(); got != c.text {
			t.Errorf("%q, want %q", got, c.text)
		}
	}
}

// TestCandidateMustFailInTheSameClass: a smaller schedule that fails otherwise
// is another defect.
func TestCandidateMustFailInTheSameClass(t *testing.T) {
	o := Outcome{Verdict: "failed", Missed: []string{"rto.mx", "duplicates"}}
	if o.class() != "duplicates" || o.in("loss") || !o.in("rto.mx") {
		t.Errorf("class %q", o.class())
	}
	if (Outcome{Verdict: "inconclusive", Missed: []string{"loss"}}).class() != "" {
		t.Error("an inconclusive drill has found something")
	}
}
