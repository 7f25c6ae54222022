package openmetrics

import (
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func written1(t *testing.T, runs ...record.Record) (string, exposition) {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, runs); err != nil {
		t.Fatal(err)
	}
	e, err := readExposition(b.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return b.String(), e
}

func drill() record.Record {
	high := 12.5
	return record.Record{
		Run:        record.Run{ID: "r1", Started: "2026-11-23T18:41:05Z", Ended: "2026-11-23T18:43:05.5Z", Runtime: "docker", Trial: 1},
		Scenario:   record.Scenario{Name: "s"},
		Clock:      "drill",
		Verdict:    record.Failed,
		Accounting: record.Accounting{Planned: 3, Attempted: 3, Accepted: 3, Delivered: 2, Lost: 1},
		Objectives: []record.Objective{
			{Name: "rto.mx", Unit: "s", Target: map[string]float64{"max": 10}, Measured: &record.Interval{Low: 3}, Verdict: record.Failed},
			{Name: "duplicates", Unit: "%", Target: map[string]float64{"max": 1}, Measured: &record.Interval{Low: 2, High: &high}, Verdict: record.Failed},
			{Name: "rpo", Unit: "s", Target: map[string]float64{"max": 2}, Verdict: record.Inconclusive},
			{Name: "stored", Unit: "anomalies", Target: map[string]float64{"max": 0}, Measured: &record.Interval{Low: 1, High: &high}, Verdict: record.Failed},
		},
		Services: map[string]record.Service{"mx": {Probes: 4, Failed: 1, Outages: []record.Outage{{RTA: record.Interval{Low: 3}, Step: "crash"}}}, "pop3": {}},
		Faults:   []record.Fault{{Step: "crash", Kind: "node.crash", State: "proven", Injected: &record.Interval{}, Reverted: true, Proofs: record.Proofs{Exercised: 7}}, {Step: "cut", Kind: "link.cut", State: "not reached"}},
	}
}

func TestWhatIsMeasuredIsThere(t *testing.T) {
	const of = `scenario="s",runtime="docker",clock="drill",`
	_, e := written1(t, drill())
	for sample, want := range map[string]float64{
		`maildrill_last_run_timestamp_seconds{scenario="s",runtime="docker",clock="drill"}`: 1795459385.5, `maildrill_run_duration_seconds{scenario="s",runtime="docker",clock="drill"}`: 120.5,
		`maildrill_verdict{` + of + `verdict="failed"}`: 1, `maildrill_verdict{` + of + `verdict="passed"}`: 0, `maildrill_exit_code{scenario="s",runtime="docker",clock="drill"}`: 1,
		`maildrill_objective_measured_seconds{` + of + `objective="rto.mx",bound="low"}`: 3, `maildrill_objective_measured_seconds{` + of + `objective="rto.mx",bound="high"}`: math.Inf(1),
		`maildrill_objective_measured_ratio{` + of + `objective="duplicates",bound="high"}`: 0.125, `maildrill_objective_target_ratio{` + of + `objective="duplicates",limit="max"}`: 0.01,
		`maildrill_objective_target_seconds{` + of + `objective="rpo",limit="max"}`: 2, `maildrill_objective_verdict{` + of + `objective="rpo",verdict="inconclusive"}`: 1,
		`maildrill_objective_measured{` + of + `objective="stored",unit="anomalies",bound="low"}`: 1,
		`maildrill_messages{` + of + `fate="lost"}`:                                               1, `maildrill_messages{` + of + `fate="delivered"}`: 2, `maildrill_messages_attempted{` + of + `answer="accepted"}`: 3,
		`maildrill_outage_seconds{` + of + `service="mx",outage="1",step="crash",bound="high"}`: math.Inf(1), `maildrill_outages{` + of + `service="mx"}`: 1,
		`maildrill_fault_proven{` + of + `step="crash",fault="node.crash"}`: 1, `maildrill_fault_proven{` + of + `step="cut",fault="link.cut"}`: 0,
		`maildrill_fault_exercised{` + of + `step="crash",fault="node.crash"}`: 7, `maildrill_runs{` + of + `ended="failed"}`: 1, `maildrill_simulated{scenario="s",runtime="docker",clock="drill"}`: 0,
	} {
		if got, ok := e.samples[sample]; !ok || math.Abs(got-want) > 1e-9 && got != want {
			t.Errorf("%s is %v (there: %v), want %v", sample, got, ok, want)
		}
	}
}

// What is not known has no sample, and above all no 0.
func TestNoDataIsLeftOut(t *testing.T) {
	text, _ := written1(t, drill())
	for _, absent := range []string{`measured_seconds{scenario="s",runtime="docker",clock="drill",objective="rpo"`, `service="pop3"`, `fault_exercised{scenario="s",runtime="docker",clock="drill",step="cut"`,
		`fault_reverted{scenario="s",runtime="docker",clock="drill",step="cut"`, "maildrill_as_declared", "maildrill_stored", "maildrill_backlog", "maildrill_detection"} {
		if strings.Contains(text, absent) {
			t.Errorf("%s is there:\n%s", absent, text)
		}
	}
	text, _ = written1(t, record.Record{})
	for _, absent := range []string{"timestamp", "duration", "maildrill_messages", "objective", "service", `verdict="passed"} 1`} {
		if strings.Contains(text, absent) {
			t.Errorf("an empty record says %s:\n%s", absent, text)
		}
	}
	if text, _ = written1(t); text != "# EOF\n" {
		t.Errorf("no runs: %q", text)
	}
}

// Of several runs of the same the last is shown, and all are counted: a run
// that failed does not vanish behind one that passed.
func TestRunsAreJoined(t *testing.T) {
	early, late, dirty, other := drill(), drill(), drill(), drill()
	late.Run.ID, late.Run.Ended, late.Verdict = "r2", "2026-11-24T00:00:00Z", record.Passed
	dirty.Run.ID, dirty.Run.Ended, dirty.Dirty = "r0", "2026-11-22T00:00:00+01:00", true
	other.Run.Runtime = "embedded"
	text, e := written1(t, late, other, early, dirty)
	if again, _ := written1(t, dirty, early, late, other); again != text {
		t.Errorf("the order of the runs matters:\n%s\n%s", text, again)
	}
	const of = `scenario="s",runtime="docker",clock="drill",`
	for sample, want := range map[string]float64{
		`maildrill_verdict{` + of + `verdict="passed"}`: 1, `maildrill_runs{` + of + `ended="passed"}`: 1, `maildrill_runs{` + of + `ended="failed"}`: 1,
		`maildrill_runs{` + of + `ended="dirty"}`: 1, `maildrill_runs{scenario="s",runtime="embedded",clock="drill",ended="failed"}`: 1,
	} {
		if got, ok := e.samples[sample]; !ok || got != want {
			t.Errorf("%s is %v (there: %v), want %v", sample, got, ok, want)
		}
	}
}

func TestHostileTextIsInert(t *testing.T) {
	check := func(text string, r record.Record) {
		out, _ := written1(t, r)
		if err := hostile.Printable(out); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
		if len(out) > 256<<10 {
			t.Errorf("%.40q: %d bytes", text, len(out))
		}
	}
	hostile.Records(check)
	check("huge", hostile.Record(hostile.Huge()))
}

// The golden file is what Prometheus' own parser reads in the module beside.
func TestGoldenHostile(t *testing.T) {
	got, _ := written1(t, hostile.Mixed(), drill())
	file := filepath.Join("testdata", "hostile.metrics.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || got != string(want) {
		t.Errorf("%v: %s has changed; look, then run: go test ./reports/openmetrics -update", err, file)
	}
}

// Two names that are cut to the same label stay two samples.
func TestSameLabelsAreToldApart(t *testing.T) {
	r := drill()
	r.Gates = []record.Gate{{Name: strings.Repeat("x", 500) + "1", Passed: true}, {Name: strings.Repeat("x", 500) + "2"}, {Name: "\x01"}, {Name: "\x02"}}
	text, _ := written1(t, r)
	if n := strings.Count(text, "\nmaildrill_gate_passed{"); n != 4 {
		t.Errorf("%d samples of 4", n)
	}
}

func TestTableIsWhole(t *testing.T) {
	for _, m := range metrics {
		if !strings.HasPrefix(m.name, "maildrill_") || m.help == "" || strings.ContainsAny(m.help, "\"\\\n") {
			t.Errorf("%+v", m)
		}
	}
	r := hostile.Sober("x")
	for i, unit := range []string{"s", "%", "copies"} {
		r.Objectives = append(r.Objectives, r.Objectives[0])
		r.Objectives[2+i].Unit = unit
	}
	_, e := written1(t, r)
	if len(e.families) != len(metrics) {
		t.Errorf("a full record has %d families of %d: %v", len(e.families), len(metrics), e.families)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWriteErrorsAreReported(t *testing.T) {
	if Write(fullDisk{}, []record.Record{drill()}) == nil || Write(fullDisk{}, nil) == nil {
		t.Error("a failed write was not reported")
	}
}
