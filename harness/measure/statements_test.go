package measure

import (
	"fmt"
	"math"
	"testing"
)

func TestUpperBound(t *testing.T) {
	for _, c := range []struct {
		trials, failures int
		want             float64
	}{ // published tables: 1 - 0.05^(1/n), and Clopper-Pearson one-sided
		{0, 0, 1}, {1, 0, 0.95}, {3, 0, 0.632}, {5, 0, 0.451}, {10, 0, 0.259}, {20, 0, 0.139}, {30, 0, 0.095}, {59, 0, 0.0495},
		{10, 1, 0.394}, {20, 2, 0.283}, {10, 10, 1}, {10, 11, 1},
	} {
		if got := UpperBound(c.trials, c.failures); math.Abs(got-c.want) > 0.0006 {
			t.Errorf("UpperBound(%d, %d) = %.4f, want %.4f", c.trials, c.failures, got, c.want)
		}
	}
}

func TestConfidence(t *testing.T) {
	for _, c := range []struct {
		trials, failures int
		want             string
	}{
		{0, 0, "no conclusive run; supports no statement"},
		{1, 0, "one clean run: supports nothing stronger than a failure probability below 95 % at 95 % confidence"},
		{10, 0, "10 clean runs: failure probability below 26 % at 95 % confidence"},
		{30, 0, "30 clean runs: failure probability below 9.6 % at 95 % confidence"},
		{59, 0, "59 clean runs: failure probability below 5.0 % at 95 % confidence"},
		{10, 1, "1 of 10 runs failed: failure probability below 40 % at 95 % confidence"},
		{1, 1, "1 of 1 run failed"},
		{3, 3, "3 of 3 runs failed"},
	} {
		if got := Confidence(c.trials, c.failures); got.Statement != c.want || got.Trials != c.trials || got.Failed != c.failures {
			t.Errorf("Confidence(%d, %d) = %+v, want %q", c.trials, c.failures, got, c.want)
		}
	}
}

// A printed bound is never on the wrong side of the true one.
func TestBoundsAreRoundedToTheSafeSide(t *testing.T) {
	for n := 1; n <= 1000; n++ {
		var high, low float64
		if _, err := fmt.Sscanf(above(UpperBound(n, 0)), "%f %%", &high); err != nil || high/100 < UpperBound(n, 0)-1e-9 {
			t.Errorf("%d clean: %s, below the bound %v", n, above(UpperBound(n, 0)), UpperBound(n, 0))
		}
		if _, err := fmt.Sscanf(below(Coverage(n)), "%f %%", &low); err != nil || low/100 > Coverage(n)+1e-9 {
			t.Errorf("the largest of %d: %s, more than the coverage %v", n, below(Coverage(n)), Coverage(n))
		}
	}
	if got := below(Coverage(10)); got != "74 %" {
		t.Errorf("the largest of 10 covers %s, want 74 %%", got)
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct {
		seqs []uint32
		want string
	}{
		{nil, ""}, {[]uint32{3}, "3"}, {[]uint32{3, 3}, "3"}, {[]uint32{1, 2}, "1-2"},
		{[]uint32{40, 3, 18, 17, 19, 20, 21, 17}, "3 17-21 40"},
	} {
		var r ranges
		for _, s := range c.seqs {
			r.add(s)
		}
		if got := r.String(); got != c.want {
			t.Errorf("%v: %q, want %q", c.seqs, got, c.want)
		}
	}
}

func TestDefectsAreBounded(t *testing.T) {
	var d defects
	for i := range 1000 {
		d.add("defect %d", i)
	}
	if got := d.list(); len(got) != defectsKept+1 || got[defectsKept] != "and 990 more" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
}
