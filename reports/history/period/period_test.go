package period

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
)

const oneDay = 24 * time.Hour

var asOf = date(2027, 1, 1)

// proof is a run that is evidence, so many days before the moment of the
// report.
func proof(days float64, change func(*record.Record)) history.Run {
	rec := record.Record{Verdict: record.Passed, Run: record.Run{Runtime: "docker"},
		Scenario: record.Scenario{Name: "s", Causes: []string{"power-outage", "power-outage"}, Controls: []string{"iso27001:A.7.11"}}}
	rec.Run.Started = asOf.Add(-time.Duration(days * float64(oneDay))).Format(time.RFC3339Nano)
	rec.Run.ID = "run-" + rec.Run.Started
	if change != nil {
		change(&rec)
	}
	return history.Of(rec.Run.ID, rec, asOf)
}

func report(runs ...history.Run) Report {
	q := Question{SQL: "SELECT", Params: []string{}, Runs: runs}
	return Of(Sources{Span: Span{Text: "2026", From: date(2026, 1, 1), To: asOf}, AsOf: asOf, Population: q, Evidence: q,
		Causes: []string{"maintenance", "power-outage"}, Mitigations: []string{"ups"}, Every: Intervals{Default: 90 * oneDay, By: map[string]time.Duration{"ups": 10 * oneDay}}})
}

func stateOf(t *testing.T, r Report, id string) Freshness {
	t.Helper()
	for _, f := range r.Freshness {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("%s is not in %+v", id, r.Freshness)
	return Freshness{}
}

func TestFreshness(t *testing.T) {
	simulated := func(r *record.Record) { r.Simulated = true }
	for _, c := range []struct {
		name   string
		runs   []history.Run
		want   State
		proofs int
	}{
		{"none", nil, Never, 0},
		{"of today", []history.Run{proof(0.01, nil)}, Fresh, 1},
		{"just below four fifths", []history.Run{proof(71.99, nil)}, Fresh, 1},
		{"four fifths", []history.Run{proof(72, nil)}, Due, 1},
		{"just below the interval", []history.Run{proof(89.99, nil)}, Due, 1},
		{"the interval", []history.Run{proof(90, nil)}, Stale, 1},
		{"long ago", []history.Run{proof(1000, nil)}, Stale, 1},
		{"the newest counts", []history.Run{proof(200, nil), proof(3, nil), proof(80, nil)}, Fresh, 3},
		{"simulated, of today", []history.Run{proof(1, simulated)}, Never, 0},
		{"simulated does not freshen", []history.Run{proof(75, nil), proof(1, simulated)}, Due, 1},
		{"failed, of today", []history.Run{proof(1, func(r *record.Record) { r.Verdict = record.Failed })}, Never, 0},
		{"dirty, of today", []history.Run{proof(1, func(r *record.Record) { r.Dirty = true })}, Never, 0},
		{"a twin that passes", []history.Run{proof(1, func(r *record.Record) { r.Expect = &record.Expect{Verdict: record.Failed} })}, Never, 0},
		{"after the moment of the report", []history.Run{proof(-1, nil), proof(75, nil)}, Due, 1},
		{"at the moment of the report", []history.Run{proof(0, nil)}, Never, 0},
	} {
		f := stateOf(t, report(c.runs...), "power-outage")
		if f.State != c.want || f.Proofs != c.proofs {
			t.Errorf("%s: %s with %d proofs, want %s with %d", c.name, f.State, f.Proofs, c.want, c.proofs)
		}
	}
}

func TestOnlyControlsOfTheFrameworksAskedFor(t *testing.T) {
	run := proof(1, func(r *record.Record) { r.Scenario.Controls = []string{"iso27001:A.5.30", "soc2:A1.3", "dora:11(6)"} })
	for _, c := range []struct{ frameworks, want string }{{"", "iso27001:A.5.30 dora:11(6) soc2:A1.3"}, {"iso27001", "iso27001:A.5.30"}, {"dora soc2", "iso27001:A.5.30 dora:11(6) soc2:A1.3"}} {
		q := Question{Runs: []history.Run{run}}
		var got []string
		for _, f := range Of(Sources{AsOf: asOf, Evidence: q, Controls: []string{"iso27001:A.5.30"}, Frameworks: strings.Fields(c.frameworks), Every: Intervals{Default: oneDay}}).Freshness {
			if f.Kind == Control {
				got = append(got, f.ID)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %v, want %s", c.frameworks, got, c.want)
		}
	}
}

func TestIdsThatNobodyListsAreShown(t *testing.T) {
	r := report(proof(1, nil), proof(2, func(r *record.Record) { r.Scenario.Mitigations = []string{"ups", "prayer"} }))
	for id, want := range map[string]Freshness{
		"maintenance":     {Kind: Cause, State: Never},
		"power-outage":    {Kind: Cause, State: Fresh},
		"ups":             {Kind: Mitigation, State: Fresh, Days: 10},
		"prayer":          {Kind: Mitigation, State: Fresh, Unlisted: true},
		"iso27001:A.7.11": {Kind: Control, State: Fresh, Unlisted: true},
	} {
		f := stateOf(t, r, id)
		if f.Kind != want.Kind || f.State != want.State || f.Unlisted != want.Unlisted || want.Days != 0 && f.Days != want.Days {
			t.Errorf("%s: %+v, want %+v", id, f, want)
		}
	}
	if n := Tally(r.Freshness); n[Fresh] != 4 || n[Never] != 1 {
		t.Errorf("%v", n)
	}
}

// population are the runs of a year, and what the report says of them.
func population(t *testing.T) ([]historytest.Made, Report) {
	t.Helper()
	made := historytest.Population(1, 200)
	var runs []history.Run
	for _, m := range made {
		if m.Outcome == history.NoRecord || m.Outcome == history.Unreadable {
			runs = append(runs, history.Without(m.ID(), m.Outcome, "record.json is broken", m.Started))
			continue
		}
		runs = append(runs, history.Of(m.ID(), m.Record, m.Started))
	}
	runs[17].CopyOf = runs[9].Folder
	q := Question{SQL: "SELECT * FROM runs WHERE started >= ? AND started < ? ORDER BY started, folder", Params: []string{"2026-01-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"}, Runs: runs}
	r := Of(Sources{Span: Span{Text: "2026-01..2026-12", From: date(2026, 1, 1), To: asOf}, AsOf: asOf, Folder: "runs", Tool: record.Tool{Version: "v0.1.0", SHA256: strings.Repeat("ab", 32)},
		Population: q, Evidence: q, Others: []string{"calibration-7"}, Causes: []string{"power-outage", "site-loss", "dos-attack"}, Mitigations: []string{"ups", "backup-mx"}, Controls: []string{"iso27001:A.5.30"},
		Register: &Register{Origin: "example.org/drills", Size: 201, Root: strings.Repeat("0f", 32), Open: []string{runs[3].Folder}, Missing: []string{"20260606-060606-gone-beef"}, Unentered: []string{runs[5].Folder}},
		Every:    Intervals{Default: 90 * oneDay}})
	return made, r
}

func TestEveryRunOfThePeriodIsListed(t *testing.T) {
	made, r := population(t)
	if len(r.Runs) != 200 || r.Population.Rows != 200 {
		t.Fatalf("%d runs, %d rows", len(r.Runs), r.Population.Rows)
	}
	sum := 0
	for _, c := range r.Counts {
		sum += c.Real + c.Simulated
	}
	if sum != 200 {
		t.Errorf("the counts make %d", sum)
	}
	text := historytest.Text(t, r.Document(), nil)
	for _, m := range made {
		if n := strings.Count(text, m.ID()); n == 0 {
			t.Errorf("%s is missing", m.ID())
		}
	}
	for _, want := range []string{"SELECT * FROM runs WHERE started >= ? AND started < ?", "'2027-01-01T00:00:00.000000Z'", "20260606-060606-gone-beef", strings.Repeat("ab", 32)} {
		if !strings.Contains(strings.Join(strings.Fields(text), ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("no %s", want)
		}
	}
}

func TestGolden(t *testing.T) {
	_, r := population(t)
	historytest.Golden(t, "period", r.Document(), nil)
	historytest.Golden(t, "empty", report().Document(), nil)
	_, again := population(t)
	if !reflect.DeepEqual(r, again) {
		t.Error("the same runs gave another report")
	}
}

func TestHostileText(t *testing.T) {
	for _, evil := range historytest.Evil {
		run := proof(1, func(r *record.Record) {
			r.Run.ID, r.Scenario.Name, r.Scenario.Title, r.Reason, r.Run.Runtime, r.Clock = evil, evil, evil, evil, evil, evil
			r.Scenario.Causes, r.Scenario.Controls = []string{evil}, []string{evil}
			r.Objectives = []record.Objective{{Name: "rto." + evil, Unit: evil, Target: map[string]float64{evil: 1}, Measured: &record.Interval{}, Verdict: record.Passed}}
		})
		run.CopyOf = evil
		r := report(run, history.Without(evil, history.NoRecord, evil, asOf))
		r.Register = &Register{Origin: evil, Root: evil, Where: evil, Open: []string{evil}, Missing: []string{evil}, Unentered: []string{evil}}
		r.Folder, r.Tool, r.Span.Text, r.Others = evil, record.Tool{Version: evil, SHA256: evil}, evil, []string{evil}
		historytest.Harmless(t, r.Document())
		historytest.Text(t, r.Document(), nil)
	}
}
