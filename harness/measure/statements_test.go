package measure

import (
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
		{0, 0, "no conclusive observation; supports no statement"},
		{1, 0, "one observation; supports nothing stronger than a failure probability below 95.0 % at 95 % confidence"},
		{30, 0, "no failure in 30 trials; supports nothing stronger than a failure probability below 9.5 % at 95 % confidence"},
		{10, 1, "1 of 10 trials failed; the failure probability is below 39.4 % at 95 % confidence"},
		{1, 1, "1 of 1 trials failed"},
	} {
		if got := Confidence(c.trials, c.failures); got.Statement != c.want || got.Trials != c.trials {
			t.Errorf("Confidence(%d, %d) = %+v, want %q", c.trials, c.failures, got, c.want)
		}
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
