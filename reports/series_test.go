package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// series is one of four trials: one was inconclusive and made again, one failed.
func series() record.Series {
	return record.Series{
		Schema: record.SeriesSchema, ID: "20261123-184105-backup-mx-takes-over-3fa9",
		Scenario: passed().Scenario, Runtime: "docker", Clock: "drill",
		Rule: record.Rule{N: 3, Stop: "none", Reruns: 2}, Verdict: record.Failed, Reason: "failed: trial 3", ExitCode: 1,
		Confidence: record.Confidence{Trials: 3, Failed: 1, Inconclusive: 1,
			Statement: "1 of 3 runs failed: failure probability below 87 % at 95 % confidence; 1 more ended without a conclusion"},
		Trials: []record.Trial{
			{Trial: 1, Run: "20261123-184105-backup-mx-takes-over-0001", Seed: 7, Verdict: record.Passed, Accepted: 2080},
			{Trial: 2, Run: "20261123-184505-backup-mx-takes-over-0002", Seed: 8, Verdict: record.Inconclusive, Replaced: true, ExitCode: 3,
				Accepted: 2071, Unknown: 4, Reason: "gate probes-alive: imap: no probe from 29.750 s to 33.250 s"},
			{Trial: 3, Run: "20261123-184905-backup-mx-takes-over-0003", Seed: 9, Verdict: record.Failed, ExitCode: 1, Accepted: 2080, Lost: 3, Reason: "missed: loss"},
			{Trial: 4, RerunOf: 2, Run: "20261123-185305-backup-mx-takes-over-0004", Seed: 10, Verdict: record.Passed, Accepted: 2077},
		},
		Recoveries: []record.RecoveryTime{{Objective: "rto.mx", Worst: between(4.9, 5.3), Sound: 3, Coverage: 0.3684,
			Statement: "at most 5.300 s, the largest of 3: covers at least 36 % of runs at 95 % confidence; 1 run gave no sound value",
			Points: []record.Point{{Trial: 1, Measured: between(4.65, 5.02), Sound: true},
				{Trial: 2, Measured: between(0, 1.25), Note: "failed gates: probes-alive"},
				{Trial: 3, Measured: between(4.9, 5.3), Sound: true}, {Trial: 4, Measured: between(4.7, 5.1), Sound: true}}}},
	}
}

func showSeries(t *testing.T, s record.Series, color bool, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := Series(&out, s, color, width); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSeriesIsGolden(t *testing.T) {
	got := showSeries(t, series(), false, 80)
	file := filepath.Join("testdata", "series.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look, then run: go test ./reports -update\n%s", file, got)
	}
}

// Every trial is shown, with every point, however they ended; and foreign text
// stays on its line.
func TestSeriesShowsEveryTrial(t *testing.T) {
	s := series()
	s.Simulated, s.Dirty, s.Ended = true, true, "trial 4 left\x1b[2J\nsomething"
	for _, width := range []int{1, 80, 500} {
		out := showSeries(t, s, false, width)
		for _, line := range strings.Split(out, "\n") {
			if words.Columns(line) > max(width, narrowest) {
				t.Errorf("width %d: %q", width, line)
			}
		}
		if strings.Contains(out, "\x1b") || !strings.Contains(out, "SIMULATED") || !strings.Contains(out, "DIRTY") {
			t.Errorf("width %d:\n%s", width, out)
		}
		if width < 80 {
			continue
		}
		for _, word := range []string{"1: lost 0", "2: lost 0", "3: lost 3", "4: lost 0", "in place of trial 2", "made again", "2*: 0 to 1.25 s", "probes-alive", "drill clock"} {
			if !strings.Contains(out, word) {
				t.Errorf("width %d: %q is not in\n%s", width, word, out)
			}
		}
	}
}
