package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
	"maildrill/reports/history/trend"
)

// call runs a command as a user does.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &process{Args: args, Env: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Width: func() int { return 80 }}
	code = p.run(t.Context())
	return code, out.String(), errs.String()
}

// aYear are 200 runs of eight scenarios. The newest of one of them is slower by
// 30 % in one objective.
func aYear(t *testing.T) (out string, made []historytest.Made) {
	out = t.TempDir()
	made = historytest.Population(1, 200, historytest.Slowdown{Scenario: "site-is-lost", Objective: "rto.submission", Factor: 1.3})
	historytest.Write(t, out, made)
	return out, made
}

func TestAPeriodReportListsEveryRun(t *testing.T) {
	out, made := aYear(t)
	args := []string{"report", "--period", "2026-01..2026-12", "--as-of", "2026-12-31", "--out", out}
	code, text, errs := call(t, args...)
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, m := range made {
		if !strings.Contains(text, m.ID()) {
			t.Errorf("%s is not in the report", m.ID())
		}
	}
	code, text, _ = call(t, append(args, "--json")...)
	var r struct {
		Query struct {
			SQL  string   `json:"sql"`
			Args []string `json:"parameters"`
			Rows int      `json:"rows"`
		} `json:"population_query"`
		Counts []struct{ Real, Simulated int } `json:"counts"`
		Runs   []struct{ Folder string }       `json:"runs"`
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v", code, err)
	}
	sum := 0
	for _, c := range r.Counts {
		sum += c.Real + c.Simulated
	}
	if len(r.Runs) != 200 || r.Query.Rows != 200 || sum != 200 || len(r.Query.Args) != 2 || !strings.HasPrefix(r.Query.SQL, "SELECT * FROM runs WHERE started >= ?") {
		t.Errorf("%d runs, counts of %d, %+v", len(r.Runs), sum, r.Query)
	}
}

func TestTheTrendFindsWhatIsPlantedAndNoOther(t *testing.T) {
	out, _ := aYear(t)
	for _, s := range historytest.Library {
		want := exitPassed
		if s.Name == "site-is-lost" {
			want = exitMissed
		}
		code, text, errs := call(t, "trend", s.Name, "--fail-on-regression", "--json", "--out", out)
		if code != want || errs != "" {
			t.Errorf("%s: exit code %d, want %d: %s", s.Name, code, want, errs)
		}
		var found trend.Trend
		if err := json.Unmarshal([]byte(text), &found); err != nil || len(found.Lines) != len(s.Truths) {
			t.Fatalf("%s: %d objectives, %v", s.Name, len(found.Lines), err)
		}
		for _, l := range found.Lines {
			planted := s.Name == "site-is-lost" && l.Objective == "rto.submission"
			if (l.Finding.State == trend.Regressed) != planted || l.Finding.State == trend.Untold {
				t.Errorf("%s %s: %s: %s", s.Name, l.Objective, l.Finding.State, l.Finding.Why)
			}
		}
	}
}

func TestHistoryLists(t *testing.T) {
	out, made := aYear(t)
	killed := 0
	for _, m := range made {
		if m.Outcome == history.NoRecord {
			killed++
		}
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{nil, 20}, {[]string{"--limit", "0"}, 200}, {[]string{"--limit", "3"}, 3}, {[]string{"--scenario", "site-is-lost", "--limit", "0"}, 25},
		{[]string{"--verdict", "no-record", "--limit", "0"}, killed}, {[]string{"--since", "2026-12-20", "--limit", "0"}, 6}, {[]string{"--scenario", "nothing"}, 0},
	} {
		code, text, errs := call(t, append([]string{"history", "--json", "--out", out}, c.args...)...)
		var runs []history.Run
		if err := json.Unmarshal([]byte(text), &runs); err != nil || code != 0 || errs != "" || runs == nil {
			t.Fatalf("%v: exit code %d, %v, %s", c.args, code, err, errs)
		}
		if len(runs) != c.want {
			t.Errorf("%v: %d runs, want %d", c.args, len(runs), c.want)
		}
		for i := 1; i < len(runs); i++ {
			if runs[i].Started.After(runs[i-1].Started) {
				t.Errorf("%v: %s comes after %s", c.args, runs[i].Folder, runs[i-1].Folder)
			}
		}
	}
}
