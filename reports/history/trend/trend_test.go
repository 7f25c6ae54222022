package trend

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
)

// runsOf are the runs as history keeps them.
func runsOf(made []historytest.Made) []history.Run {
	var all []history.Run
	for _, m := range made {
		switch m.Outcome {
		case history.NoRecord, history.Unreadable:
			all = append(all, history.Without(m.ID(), m.Outcome, "", m.Started))
		default:
			all = append(all, history.Of(m.ID(), m.Record, m.Started))
		}
	}
	return all
}

// regressions are all that the rule finds in all scenarios.
func regressions(t *testing.T, runs []history.Run) []string {
	t.Helper()
	var found []string
	for _, s := range historytest.Library {
		trend, ok := Of(s.Name, runs, Options{Worse: 0.2})
		if !ok || len(trend.Lines) != len(s.Truths) {
			t.Fatalf("%s: %d objectives, want %d", s.Name, len(trend.Lines), len(s.Truths))
		}
		for _, l := range trend.Lines {
			switch l.Finding.State {
			case Regressed:
				found = append(found, s.Name+" "+l.Objective)
			case Untold:
				t.Fatalf("%s %s: %s", s.Name, l.Objective, l.Finding.Why)
			}
		}
	}
	return found
}

// planted is what is slower by 30 %: of 200 runs of eight scenarios one, in one
// objective.
var planted = historytest.Slowdown{Scenario: "power-cut-of-the-store", Objective: "rto.delivery", Factor: 1.3}

func TestAPlantedRegressionIsFoundAndNoOther(t *testing.T) {
	found := regressions(t, runsOf(historytest.Population(1, 200, planted)))
	if want := []string{"power-cut-of-the-store rto.delivery"}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

// Over many populations: what is planted is found in nearly all, and where nothing is
// planted nothing is found.
func TestNoiseOfTheUsualWidthIsNoRegression(t *testing.T) {
	const seeds = 50
	missed, wrong, judged := 0, 0, 0
	for seed := range uint64(seeds) {
		clean := regressions(t, runsOf(historytest.Population(seed, 200)))
		wrong += len(clean)
		for _, s := range historytest.Library {
			judged += len(s.Truths)
		}
		slow := regressions(t, runsOf(historytest.Population(seed, 200, planted)))
		if !slices.Contains(slow, planted.Scenario+" "+planted.Objective) {
			missed++
		}
	}
	t.Logf("wrong in %d of %d judgements; missed in %d of %d populations", wrong, judged, missed, seeds)
	if wrong > judged/1000 || missed > seeds/20 {
		t.Errorf("wrong in %d of %d judgements; missed in %d of %d populations", wrong, judged, missed, seeds)
	}
}

// series makes runs of one scenario, a day apart, all alike.
func series(n int, change func(i int, r *record.Record)) []history.Run {
	base := historytest.Population(1, 8)[1]
	var runs []history.Run
	for i := range n {
		m := base
		m.Started = time.Date(2026, 3, 1+i, 3, 0, 0, 0, time.UTC)
		r := m.Record
		r.Run.ID, r.Run.Started = m.ID(), m.Started.Format(time.RFC3339)
		r.Objectives = []record.Objective{{Name: "rto.mx", Target: map[string]float64{"max": 60}, Measured: new(at(30, 31)), Unit: "s", Verdict: record.Passed}}
		if change != nil {
			change(i, &r)
		}
		runs = append(runs, history.Of(m.ID(), r, m.Started))
	}
	return runs
}

func slower(r *record.Record) { r.Objectives[0].Measured = new(at(45, 46)) }

// The newest of ten runs is slower by half; each row spoils something.
func TestWhatCountsInATrend(t *testing.T) {
	last := func(do func(*record.Record)) func(int, *record.Record) {
		return func(i int, r *record.Record) {
			if i == 9 {
				slower(r)
				do(r)
			}
		}
	}
	earlier := func(do func(*record.Record)) func(int, *record.Record) {
		return func(i int, r *record.Record) {
			if i == 9 {
				slower(r)
			} else {
				do(r)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(int, *record.Record)
		o      Options
		want   State
		why    string
	}{
		{"nothing spoilt", last(func(*record.Record) {}), Options{}, Regressed, ""},
		{"nothing slower", nil, Options{}, Held, ""},
		{"the newest is simulated: it is not looked at", last(func(r *record.Record) { r.Simulated = true }), Options{}, Held, ""},
		{"nor when it is shown", last(func(r *record.Record) { r.Simulated = true }), Options{Simulated: true}, Held, ""},
		{"embedded, and not called simulated", last(func(r *record.Record) { r.Run.Runtime = "embedded" }), Options{}, Held, ""},
		{"the newest does not say what it ran on", last(func(r *record.Record) { r.Run.Runtime = "" }), Options{}, Held, ""},
		{"those before are simulated", earlier(func(r *record.Record) { r.Simulated = true }), Options{Simulated: true}, Untold, "too few runs to tell: 0"},
		{"another clock: others cannot be compared", last(func(r *record.Record) { r.Clock = "production" }), Options{}, Untold, "too few"},
		{"another clock, not asked for", last(func(r *record.Record) { r.Clock = "production" }), Options{Clock: "drill"}, Held, ""},
		{"the newest is aborted", last(func(r *record.Record) { r.Verdict = record.Aborted }), Options{}, Untold, "ended as aborted"},
		{"the newest is dirty", last(func(r *record.Record) { r.Dirty = true }), Options{}, Untold, "ended as dirty"},
		{"the newest has no data", last(func(r *record.Record) { r.Objectives[0].Measured = nil }), Options{}, Untold, "no data"},
		{"the newest failed", last(func(r *record.Record) { r.Verdict, r.Objectives[0].Verdict = record.Failed, record.Failed }), Options{}, Regressed, ""},
		{"the newest straddles its target", last(func(r *record.Record) {
			r.Verdict, r.Objectives[0].Verdict = record.Inconclusive, record.Inconclusive
		}), Options{}, Regressed, ""},
		{"the newest straddles, and a gate failed", last(func(r *record.Record) {
			r.Objectives[0].Verdict, r.Gates = record.Inconclusive, []record.Gate{{Name: "host-quiet"}}
		}), Options{}, Untold, "failed gates: host-quiet"},
		{"the newest has an unknown verdict", last(func(r *record.Record) { r.Objectives[0].Verdict = "splendid" }), Options{}, Untold, "no verdict"},
		{"the newest does not ask for it", last(func(r *record.Record) { r.Objectives = nil }), Options{}, Unjudged, "does not ask"},
		{"the newest broke before it was asked", last(func(r *record.Record) { r.Objectives, r.Verdict = nil, record.Error }), Options{}, Untold, "ended as error"},
		{"counts are not judged", earlier(func(r *record.Record) { r.Objectives[0].Unit = "copies" }), Options{Objective: "rto.mx"}, Regressed, ""},
		{"another scenario file", last(func(r *record.Record) { r.Scenario.SHA256 = "cc33" }), Options{}, Regressed, ""},
		{"another scenario file, and only the same is asked for", last(func(r *record.Record) { r.Scenario.SHA256 = "cc33" }), Options{SameScenario: true}, Untold, "too few"},
		{"two before are sound", earlierBut(2, func(r *record.Record) { r.Objectives[0].Measured = nil }), Options{}, Untold, "too few runs to tell: 2 sound"},
		{"three before are sound", earlierBut(3, func(r *record.Record) { r.Objectives[0].Measured = nil }), Options{}, Regressed, ""},
		{"shown are only two", last(func(*record.Record) {}), Options{Last: 2}, Regressed, ""},
	} {
		o := c.o
		o.Worse = 0.2
		runs := series(10, c.change)
		trend, ok := Of("single-server-crash", runs, o)
		if !ok || len(trend.Lines) != 1 {
			t.Fatalf("%s: %+v", c.name, trend)
		}
		f := trend.Lines[0].Finding
		if f.State != c.want || !strings.Contains(f.Why, c.why) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, f.State, f.Why, c.want, c.why)
		}
		if o.Last > 0 && len(trend.Lines[0].Points) != o.Last {
			t.Errorf("%s: %d points are shown", c.name, len(trend.Lines[0].Points))
		}
	}
}

// earlierBut spoils the runs before the newest, but for the first few.
func earlierBut(n int, do func(*record.Record)) func(int, *record.Record) {
	return func(i int, r *record.Record) {
		switch {
		case i == 9:
			slower(r)
		case i >= n:
			do(r)
		}
	}
}

// A regression that nobody mends stays one: the runs that are slow already do
// not make it go away at once.
func TestARegressionStaysRed(t *testing.T) {
	for slow := 1; slow <= 3; slow++ {
		runs := series(10, func(i int, r *record.Record) {
			if i >= 10-slow {
				slower(r)
			}
		})
		trend, _ := Of("single-server-crash", runs, Options{Worse: 0.2})
		if got := trend.Lines[0].Finding.State; got != Regressed {
			t.Errorf("after %d slow runs: %s", slow, got)
		}
	}
}

func TestWhatChangedIsMarked(t *testing.T) {
	runs := series(6, func(i int, r *record.Record) {
		if i >= 3 {
			r.Environment = map[string]string{"image.mx1": "other", "address.mx1": "10.0.0.9", "engine": "20.10.24"}
		}
		if i >= 5 {
			r.Scenario.SHA256, r.Run.Tool.SHA256, r.Tuned = "cc33", "new", nil
		}
	})
	trend, _ := Of("single-server-crash", runs, Options{Worse: 0.2})
	l := trend.Lines[0]
	if got := strings.Join(l.Points[3].Changed, " "); got != "image.mx1" {
		t.Errorf("at the fourth run: %s", got)
	}
	if got := strings.Join(l.Finding.Changed, ", "); got != "maildrill, scenario file, timers" {
		t.Errorf("since the last run compared: %s", got)
	}
}

func TestWhatIsLeftOutIsCounted(t *testing.T) {
	runs := series(8, func(i int, r *record.Record) {
		switch i {
		case 0:
			r.Simulated = true
		case 1:
			r.Clock = "production"
		case 2:
			r.Run.Runtime = "kubernetes"
		}
	})
	runs = append(runs, history.Without("20260401-030000-single-server-crash-0001", history.NoRecord, "", time.Time{}),
		history.Without("20260101-030000-single-server-crash-0001", history.Unreadable, "", time.Time{}))
	runs[3].CopyOf = "x"
	trend, _ := Of("single-server-crash", runs, Options{Worse: 0.2})
	want := map[string]int{"simulated": 1, "of another clock": 1, "of another runtime": 1, "copied": 1, "no record": 1, "unreadable": 1}
	for why, n := range want {
		if trend.LeftOut[why] != n {
			t.Errorf("%s: %d, want %d", why, trend.LeftOut[why], n)
		}
	}
	if trend.Runs != 4 || len(trend.LeftOut) != len(want) || len(trend.Unheard) != 1 {
		t.Errorf("%d runs, left out %v, unheard %v", trend.Runs, trend.LeftOut, trend.Unheard)
	}
	if _, ok := Of("no-such-scenario", runs, Options{}); ok {
		t.Error("a trend of nothing")
	}
	if none, ok := Of("single-server-crash", runs[:1], Options{}); ok || none.LeftOut["simulated"] != 1 {
		t.Errorf("a trend of simulated runs: %+v", none)
	}
	shown, ok := Of("single-server-crash", runs[:1], Options{Simulated: true})
	if !ok || len(shown.Lines) != 1 || len(shown.Lines[0].Points) != 1 || shown.Verdict() != Untold {
		t.Errorf("simulated runs that are to be shown: %+v", shown)
	}
}
