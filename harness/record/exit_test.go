package record

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		verdict Verdict
		dirty   bool
		lacking bool
		want    int
	}{
		{Passed, false, false, 0}, {Failed, false, false, 1}, {Inconclusive, false, false, 3}, {Aborted, false, false, 4}, {Error, false, false, 70},
		{"", false, false, 70}, {"skipped", false, false, 70},
		{Passed, true, false, 5}, {Failed, true, false, 5}, {Error, true, false, 5}, {Aborted, true, false, 5},
		{Error, false, true, 6}, {Error, true, true, 5}, {Failed, false, true, 1}, {Passed, false, true, 0},
	} {
		if got := ExitCode(Record{Verdict: c.verdict, Dirty: c.dirty, Lacking: c.lacking}); got != c.want {
			t.Errorf("ExitCode(%q, dirty %v, lacking %v) = %d, want %d", c.verdict, c.dirty, c.lacking, got, c.want)
		}
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		codes []int
		want  int
	}{
		{nil, 3}, {[]int{0}, 0}, {[]int{0, 3}, 3}, {[]int{3, 1}, 1}, {[]int{1, 4}, 4}, {[]int{4, 6}, 6}, {[]int{4, 70}, 70},
		{[]int{70, 5}, 5}, {[]int{6, 5}, 5}, {[]int{6, 70}, 70}, {[]int{65, 4}, 65}, {[]int{0, 0, 1, 0}, 1},
	} {
		if got := Worst(c.codes...); got != c.want {
			t.Errorf("Worst(%v) = %d, want %d", c.codes, got, c.want)
		}
	}
}

// Whatever the codes and their order, Worst gives one of them, none of them
// outranks it, and joining in two steps changes nothing.
func TestWorstProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	all := []int{0, 1, 3, 4, 5, 6, 64, 65, 70}
	for range 2000 {
		codes := make([]int, 1+rng.IntN(6))
		for i := range codes {
			codes[i] = all[rng.IntN(len(all))]
		}
		got := Worst(codes...)
		if !slices.Contains(codes, got) {
			t.Fatalf("Worst(%v) = %d, which is none of them", codes, got)
		}
		for _, c := range codes {
			if rank(c) < rank(got) {
				t.Fatalf("Worst(%v) = %d, but %d is worse", codes, got, c)
			}
		}
		shuffled := slices.Clone(codes)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := Worst(shuffled...); again != got {
			t.Fatalf("Worst(%v) = %d, but Worst(%v) = %d", codes, got, shuffled, again)
		}
		cut := 1 + rng.IntN(len(codes))
		joined := Worst(codes[:cut]...)
		if cut < len(codes) {
			joined = Worst(joined, Worst(codes[cut:]...))
		}
		if joined != got {
			t.Fatalf("Worst(%v) = %d in one step, %d in two", codes, got, joined)
		}
	}
}

func TestMeets(t *testing.T) {
	missed := Record{Verdict: Failed, Objectives: []Objective{
		{Name: "rto.mx", Verdict: Failed}, {Name: "loss", Verdict: Passed}, {Name: "rpo", Verdict: Inconclusive},
	}}
	dirty := missed
	dirty.Dirty = true
	for _, c := range []struct {
		name   string
		record Record
		expect Expect
		want   bool
	}{
		{"verdict alone", missed, Expect{Verdict: Failed}, true},
		{"verdict and objective", missed, Expect{Verdict: Failed, Objectives: []string{"rto.mx"}}, true},
		{"an objective too many", missed, Expect{Verdict: Failed, Objectives: []string{"rto.mx", "loss"}}, false},
		{"another objective", missed, Expect{Verdict: Failed, Objectives: []string{"loss"}}, false},
		{"another verdict", missed, Expect{Verdict: Passed}, false},
		{"dirty", dirty, Expect{Verdict: Failed}, false},
		{"passed", Record{Verdict: Passed}, Expect{Verdict: Passed}, true},
	} {
		if got := c.record.Meets(c.expect); got != c.want {
			t.Errorf("%s: Meets = %v, want %v", c.name, got, c.want)
		}
	}
}
