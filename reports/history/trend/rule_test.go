package trend

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
)

func at(low, high float64) record.Interval { return record.Interval{Low: low, High: &high} }

func since(low float64) record.Interval { return record.Interval{Low: low} }

func TestTheRule(t *testing.T) {
	steady := []record.Interval{at(30, 31), at(30.2, 31), at(29.9, 30.8), at(30, 31.1), at(30.1, 31)}
	for _, c := range []struct {
		name   string
		newest record.Interval
		base   []record.Interval
		want   State
		said   string
	}{
		{"as before", at(30, 31), steady, Held, "30 to 31 s; of the 5 runs before it the median is at most 31 s, and the limit is 37.2 s"},
		{"slower by 30 %", at(39, 40), steady, Regressed, ""},
		{"just above the limit", at(37.2001, 38), steady, Regressed, ""},
		{"just below the limit", at(37.19, 38), steady, Held, ""},
		{"wide, and may be as before", at(30, 60), steady, Held, ""},
		{"faster", at(3, 4), steady, Held, ""},
		{"did not recover, and was slower already", since(97), steady, Regressed, "97 s or more"},
		{"did not recover, and was stopped early", since(20), steady, Untold, "did not recover"},
		{"one of those before did not recover", at(39, 40), []record.Interval{steady[0], since(97), steady[2], steady[3], steady[4]}, Regressed, ""},
		{"most of those before did not", at(39, 40), []record.Interval{since(90), since(97), steady[2], since(3), steady[4]}, Untold, "most of the 5"},
		{"scatters as it ever did", at(29, 30), []record.Interval{at(13, 14), at(20, 21), at(27, 28), at(13, 14), at(21, 22)}, Held, "42"},
		{"scatters more than it ever did", at(45, 46), []record.Interval{at(13, 14), at(20, 21), at(27, 28), at(13, 14), at(21, 22)}, Regressed, ""},
		{"three are enough", at(40, 41), steady[:3], Regressed, ""},
		{"of four the larger middle", at(12.1, 13), []record.Interval{at(9, 10), at(9, 10), at(10, 11), at(10, 11)}, Held, "limit is 14 s"},
		{"nothing was lost", at(0, 0.04), []record.Interval{at(0, 0.05), at(0, 0.05), at(0, 0.04)}, Held, ""},
		{"mail was lost", at(1.9, 2.1), []record.Interval{at(0, 0.05), at(0, 0.05), at(0, 0.04)}, Regressed, ""},
		{"never a moment", at(0, 0), []record.Interval{at(0, 0), at(0, 0), at(0, 0)}, Held, ""},
	} {
		state, said := new(Finding).decide(c.newest, c.base, 0.2)
		if state != c.want || !strings.Contains(said, c.said) {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, state, said, c.want, c.said)
		}
	}
}

// Whatever the times are: what is slower never makes a regression go away, and
// nothing regresses that may be as fast as the median.
func TestTheRuleIsMonotonous(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var base []record.Interval
		for range Fewest + rng.IntN(Window-Fewest+1) {
			low := 50 * rng.Float64()
			base = append(base, at(low, low+5*rng.Float64()))
		}
		low := 150 * rng.Float64()
		newest, slower := at(low, low+3), at(low+rng.Float64(), low+9)
		worse := rng.Float64()
		before, _ := new(Finding).decide(newest, base, worse)
		after, _ := new(Finding).decide(slower, base, worse)
		if before == Regressed && after != Regressed {
			t.Fatalf("%v regressed against %v, %v did not", newest, base, slower)
		}
		if median, limit := bound(base, worse); before == Regressed && (newest.Low <= median || limit < median) {
			t.Fatalf("%v regressed against a median of %v", newest, median)
		}
	}
}

// noises are ways in which runs scatter around what is true, which is 1.
var noises = []struct {
	name string
	draw func(*rand.Rand) float64
	// What doc.go says, in percent: wrong at nothing, with the bare median;
	// found at 30 % and 50 % slower.
	wrong, bare, found30, found50 float64
}{
	{"evenly by 10 %", func(r *rand.Rand) float64 { return 0.9 + 0.2*r.Float64() }, 0, 0, 79, 100},
	{"normally by 5 %", func(r *rand.Rand) float64 { return 1 + 0.05*r.NormFloat64() }, 0, 0, 86, 100},
	{"normally by 10 %", func(r *rand.Rand) float64 { return 1 + 0.1*r.NormFloat64() }, 2.1, 2.8, 64, 93},
	{"evenly by 33 %", func(r *rand.Rand) float64 { return 0.67 + 0.66*r.Float64() }, 10, 20, 42, 63},
}

// The figures in doc.go are measured here.
func TestHowOftenTheRuleIsWrong(t *testing.T) {
	const rounds = 8000
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range noises {
		measured := func(factor float64) record.Interval {
			truth, width := 20*factor*n.draw(rng), 0.4
			below := width * rng.Float64()
			return at(truth-below, truth-below+width)
		}
		rate := func(factor float64) (regressed, bare float64) {
			for range rounds {
				var base []record.Interval
				for range Window {
					base = append(base, measured(1))
				}
				newest := measured(factor)
				median, limit := bound(base, 0.2)
				regressed += percent(newest.Low > limit, rounds)
				bare += percent(newest.Low > median*1.2, rounds)
			}
			return regressed, bare
		}
		wrong, bare := rate(1)
		found30, _ := rate(1.3)
		found50, _ := rate(1.5)
		got, want := []float64{wrong, bare, found30, found50}, []float64{n.wrong, n.bare, n.found30, n.found50}
		if os.Getenv("MAILDRILL_TEST_FIGURES") != "" {
			fmt.Printf("%-20s %.2f\n", n.name, got)
		}
		if slices.ContainsFunc([]int{0, 1, 2, 3}, func(i int) bool { return got[i] > want[i]+1.5 || got[i] < want[i]-1.5 }) {
			t.Errorf("%s: wrong, wrong with the bare median, found at 30 %%, at 50 %%: %.2f, doc.go says %v", n.name, got, want)
		}
	}
}

func percent(is bool, of float64) float64 {
	if is {
		return 100 / of
	}
	return 0
}
