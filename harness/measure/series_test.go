package measure

import (
	"math"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// trial is one made trial: p, f, i, a, e by its verdict, d a dirty pass.
func trial(n, rerunOf int, how byte, rto float64) Made {
	r := record.Record{Verdict: map[byte]record.Verdict{'p': record.Passed, 'd': record.Passed, 'f': record.Failed,
		'i': record.Inconclusive, 'a': record.Aborted, 'e': record.Error}[how], Dirty: how == 'd'}
	r.Gates = []record.Gate{{Name: "probes-alive", Passed: how != 'i'}, {Name: "scans-agree"}}
	high := rto + 0.25
	r.Objectives = []record.Objective{{Name: "loss"}, {Name: "rto.mx", Measured: &record.Interval{Low: rto, High: &high}}}
	if rto < 0 {
		r.Objectives[1].Measured.Low, r.Objectives[1].Measured.High = -rto, nil
	}
	return Made{Trial: n, RerunOf: rerunOf, Run: "run", Record: &r, ExitCode: record.ExitCode(r)}
}

func trials(how string) []Made {
	var all []Made
	for i, h := range []byte(how) {
		all = append(all, trial(i+1, 0, h, float64(i+1)))
	}
	return all
}

func TestVerdictOfASeries(t *testing.T) {
	for _, c := range []struct {
		name        string
		n           int
		made        []Made
		interrupted bool
		want        record.Verdict
		code        int
		statement   string
	}{
		{"all passed", 10, trials("pppppppppp"), false, record.Passed, 0, "10 clean runs: failure probability below 26 % at 95 % confidence"},
		{"one failed", 10, trials("pppfpppppp"), false, record.Failed, 1, "1 of 10 runs failed"},
		{"stopped at the first failure", 10, trials("ppf"), false, record.Failed, 1, "1 of 3 runs failed"},
		{"one inconclusive", 3, trials("pip"), false, record.Inconclusive, 3, "2 clean runs: failure probability below 78 % at 95 % confidence; 1 more ended without a conclusion"},
		{"made again", 3, append(trials("pip"), trial(4, 2, 'p', 1)), false, record.Passed, 0, "3 clean runs: failure probability below 64 % at 95 % confidence; 1 more"},
		{"made again in vain", 3, append(trials("pip"), trial(4, 2, 'i', 1)), false, record.Inconclusive, 3, "; 2 more"},
		{"made again twice", 3, append(trials("pip"), trial(4, 2, 'i', 1), trial(5, 2, 'p', 1)), false, record.Passed, 0, "; 2 more"},
		{"made again and failed", 3, append(trials("pip"), trial(4, 2, 'f', 1)), false, record.Failed, 1, "1 of 3"},
		{"a failure beats an abort", 3, trials("fa"), true, record.Failed, 4, "1 of 1 run failed; 1 more"},
		{"aborted", 3, trials("pa"), true, record.Aborted, 4, "one clean run"},
		{"interrupted between two", 3, trials("pp"), true, record.Aborted, 4, "2 clean runs"},
		{"an error", 3, trials("pep"), false, record.Error, 70, "2 clean runs"},
		{"no record", 2, append(trials("p"), Made{Trial: 2, ExitCode: 6}), false, record.Error, 6, "one clean run"},
		{"dirty", 3, trials("pd"), false, record.Inconclusive, 5, "one clean run"},
		{"dirty, the last", 2, trials("pd"), false, record.Passed, 5, "one clean run"},
		{"nothing", 3, nil, false, record.Inconclusive, 3, "no conclusive run"},
		{"only inconclusive", 1, trials("i"), false, record.Inconclusive, 3, "no conclusive run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Summarize("s", record.Rule{N: c.n, Stop: "first_fail", Reruns: 2}, c.made, "why", c.interrupted)
			if s.Verdict != c.want || s.ExitCode != c.code {
				t.Errorf("%s (%s), exit %d, want %s and %d", s.Verdict, s.Reason, s.ExitCode, c.want, c.code)
			}
			if !strings.Contains(s.Confidence.Statement, c.statement) {
				t.Errorf("%q, want %q", s.Confidence.Statement, c.statement)
			}
			if len(s.Trials) != len(c.made) || s.Confidence.Trials+s.Confidence.Inconclusive != len(c.made) {
				t.Errorf("%d trials shown, %d + %d counted, %d made", len(s.Trials), s.Confidence.Trials, s.Confidence.Inconclusive, len(c.made))
			}
		})
	}
}

func TestRecoveryTimesOfASeries(t *testing.T) {
	many := func(n int) []Made {
		var all []Made
		for i := range n {
			all = append(all, trial(i+1, 0, 'p', float64(n-i)))
		}
		return all
	}
	for _, c := range []struct {
		name      string
		made      []Made
		worst     [2]float64
		sound     int
		median    bool
		statement string
	}{
		{"ten", many(10), [2]float64{10, 10.25}, 10, false, "at most 10.250 s, the largest of 10: covers at least 74 % of runs at 95 % confidence"},
		{"one", many(1), [2]float64{1, 1.25}, 1, false, "at most 1.250 s, the largest of 1: covers at least 5.0 % of runs at 95 % confidence"},
		{"nineteen", many(19), [2]float64{19, 19.25}, 19, false, "covers at least 85 %"},
		{"twenty", many(20), [2]float64{20, 20.25}, 20, true, "covers at least 86 %"},
		{"a failed trial counts", trials("pf"), [2]float64{2, 2.25}, 2, false, "the largest of 2"},
		{"an unsound one is shown only", trials("ppi"), [2]float64{2, 2.25}, 2, false, "the largest of 2: covers at least 22 % of runs at 95 % confidence; 1 run gave no sound value"},
		{"an aborted one is shown only", trials("pa"), [2]float64{1, 1.25}, 1, false, "; 1 run gave no sound value"},
		{"never back", append(trials("p"), trial(2, 0, 'f', -40)), [2]float64{40, -1}, 2, false, "more than 40.000 s, and no upper bound"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Summarize("s", record.Rule{N: len(c.made)}, c.made, "", false)
			if len(s.Recoveries) != 1 {
				t.Fatalf("%d recovery times, want that of rto.mx", len(s.Recoveries))
			}
			got := s.Recoveries[0]
			same(t, "worst", got.Worst, c.worst)
			if got.Sound != c.sound || len(got.Points) != len(c.made) || !strings.Contains(got.Statement, c.statement) {
				t.Errorf("%d sound of %d, %q, want %q", got.Sound, len(got.Points), got.Statement, c.statement)
			}
			if (got.Median != nil) != c.median {
				t.Errorf("median %+v, want one: %v", got.Median, c.median)
			}
			for _, p := range got.Points {
				if p.Measured == nil || p.Sound == (p.Note != "") {
					t.Errorf("point %+v", p)
				}
			}
		})
	}
}

// Which recovery times there are must not depend on whether they met the
// objective: those that straddle it are the slow ones.
func TestInconclusiveObjectiveIsASoundPoint(t *testing.T) {
	made := trials("pi")
	made[1].Record.Gates[0].Passed = true
	if got := Summarize("s", record.Rule{N: 2}, made, "", false).Recoveries[0]; got.Sound != 2 {
		t.Errorf("%d sound points, want 2", got.Sound)
	}
}

func TestMedianEncloses(t *testing.T) {
	span := func(low, high float64) *record.Interval { return &record.Interval{Low: low, High: &high} }
	same(t, "odd", median([]*record.Interval{span(3, 4), span(1, 2), span(2, 9)}), [2]float64{2, 4})
	same(t, "even", median([]*record.Interval{span(3, 4), span(1, 2)}), [2]float64{1, 4})
	same(t, "open", median([]*record.Interval{span(3, 4), {Low: 1}, {Low: 2}}), [2]float64{2, -1})
}

// Trial k knows the trials 1..k, from its own plan alone.
func TestRecordCountsTheTrialsBeforeIt(t *testing.T) {
	d := sound()
	d.spec = func(s *Spec) {
		s.Run.Series, s.Run.Trial = "series", 4
		s.Series = &Series{ID: "series", Rule: record.Rule{N: 10}, Earlier: []Earlier{
			{Trial: 1, Verdict: record.Passed}, {Trial: 2, Verdict: record.Inconclusive}, {Trial: 3, Verdict: record.Passed}}}
	}
	r := d.verdict(t)
	if c := r.Confidence; c.Trials != 3 || c.Failed != 0 || c.Inconclusive != 1 ||
		c.Statement != "3 clean runs: failure probability below 64 % at 95 % confidence; 1 more ended without a conclusion" {
		t.Errorf("confidence %+v", c)
	}
	d.down["mx"] = [][2]float64{{15.1, 40}}
	if c := d.verdict(t).Confidence; c.Trials != 3 || c.Failed != 1 {
		t.Errorf("confidence with a failure %+v", c)
	}
}

func TestCoverage(t *testing.T) {
	for n, want := range map[int]float64{0: 0, 1: 0.05, 10: 0.7411, 59: 0.9505} {
		if got := Coverage(n); math.Abs(got-want) > 1e-4 {
			t.Errorf("Coverage(%d) = %.4f, want %.4f", n, got, want)
		}
	}
}
