package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/programme"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
)

// desktop is a folder with a programme and a folder for runs.
type desktop struct {
	t          *testing.T
	file, runs string
}

func newDesktop(t *testing.T, items string) desktop {
	t.Helper()
	dir := t.TempDir()
	d := desktop{t, filepath.Join(dir, "programme.yaml"), filepath.Join(dir, "runs")}
	must(t, os.WriteFile(d.file, []byte("apiVersion: maildrill/v1\nkind: Programme\nmetadata: {name: test}\ntimezone: UTC\nowner: ops\nfrom: 2026-01-01\nuntil: 2028-12-31\nitems:\n"+items), 0o644))
	must(t, os.MkdirAll(d.runs, 0o755))
	return d
}

// ran is a run of the past.
func (d desktop) ran(at time.Time, outcome history.Outcome, simulated bool) {
	r := historytest.Run{Scenario: historytest.Scenario{Name: "single-server-crash"}, Started: at, Outcome: outcome, Simulated: simulated}
	historytest.WriteRun(d.t, d.runs, historytest.Made{Run: r, Record: r.Record(rand.New(rand.NewPCG(1, 1)))})
}

func (d desktop) call(args ...string) (int, string, string) {
	return call(d.t, append([]string{"schedule"}, append(args, "--programme", d.file, "--out", d.runs)...)...)
}

const weekly = "  - {id: weekly, drill: single-server-crash, cron: \"0 3 * * 1\", grace_days: 3}\n"

// TestDueFollowsTheRuns, and no scheduler: the exit code is 8 until a run on real
// servers passed.
func TestDueFollowsTheRuns(t *testing.T) {
	d := newDesktop(t, weekly)
	check := func(what string, want int) {
		t.Helper()
		if code, _, errs := d.call("due", "--check", "--as-of", "2026-03-06"); code != want {
			t.Errorf("%s: exit code %d, want %d: %s", what, code, want, errs)
		}
	}
	monday := time.Date(2026, 3, 2, 3, 1, 0, 0, time.UTC)
	check("nothing was run", exitOverdue)
	d.ran(monday, history.Passed, true)
	check("a simulated run", exitOverdue)
	d.ran(monday.Add(time.Hour), history.Failed, false)
	check("a failed run", exitOverdue)
	d.ran(monday.Add(2*time.Hour), history.NoRecord, false)
	check("a killed run", exitOverdue)
	d.ran(monday.Add(3*time.Hour), history.Passed, false)
	check("a run that passed", exitPassed)
	code, text, _ := d.call("list", "--json", "--as-of", "2026-03-10")
	var all []programme.Standing
	if err := json.Unmarshal([]byte(text), &all); err != nil || code != 0 || len(all) != 1 || all[0].State != programme.Stale && all[0].State != programme.Due || all[0].Passed == nil {
		t.Errorf("exit code %d, %v: %s", code, err, text)
	}
	if code, text, _ := d.call("due", "--json", "--as-of", "2026-03-06"); code != 0 || text != "[]\n" {
		t.Errorf("exit code %d: %s", code, text)
	}
}

func TestWhatComesIsListed(t *testing.T) {
	d := newDesktop(t, weekly+"  - {id: surprise, drill: single-server-crash, every: {months: 12, month: 3, day: 5, at: \"10:00\"}, unannounced: {window_days: 4}}\n")
	code, text, _ := d.call("next", "--as-of", "2026-03-01", "--days", "14", "--json")
	var list []programme.Occurrence
	if err := json.Unmarshal([]byte(text), &list); err != nil || code != 0 || len(list) != 3 {
		t.Fatalf("exit code %d, %v: %s", code, err, text)
	}
	if u := list[1]; u.Item != "surprise" || u.Window == nil || !u.Start.IsZero() || list[0].Start.IsZero() {
		t.Errorf("%+v", list)
	}
	_, text, _ = d.call("next", "--as-of", "2026-03-01", "--days", "14", "--limit", "2")
	if !strings.Contains(text, "2026-03-02 03:00") || !strings.Contains(text, "2026-03-05 to 2026-03-08") || strings.Contains(text, "03-09") {
		t.Errorf("%s", text)
	}
}

func TestCalendarAndMetrics(t *testing.T) {
	d := newDesktop(t, weekly)
	file := filepath.Join(t.TempDir(), "drills.ics")
	if code, text, errs := d.call("ics", "--output", file, "--as-of", "2026-03-01"); code != 0 || text != "" || !strings.Contains(errs, "written") {
		t.Errorf("exit code %d: %s%s", code, text, errs)
	}
	first, err := os.ReadFile(file)
	must(t, err)
	if code, text, _ := d.call("ics", "--as-of", "2026-04-01"); code != 0 || text != string(first) || !strings.Contains(text, "UID:20260302T0300-weekly@test.maildrill\r\n") {
		t.Errorf("exit code %d: it has changed, or has no such event: %.300s", code, text)
	}
	code, text, _ := d.call("metrics", "--as-of", "2026-03-01")
	if code != 0 || !strings.Contains(text, "maildrill_programme_overdue{item=\"weekly\",runner=\"auto\"} 1\n") || !strings.HasSuffix(text, "# EOF\n") {
		t.Errorf("exit code %d: %s", code, text)
	}
	// What the scheduler remembers is no run.
	if code, text, errs := call(t, "history", "--json", "--out", d.runs); code != 0 || text != "[]\n" || strings.Contains(errs, "programme") {
		t.Errorf("exit code %d: %s%s", code, text, errs)
	}
}

func TestProgrammesAreRefused(t *testing.T) {
	d := newDesktop(t, "  - {id: weekly, drill: \"suite:smoek\", cron: \"0 3 * * 1\", controls: [iso27001:A.5.31]}\n")
	code, _, errs := d.call("list")
	if code != exitInvalid || !strings.Contains(errs, ":9:25: there is no suite \"smoek\"") || !strings.Contains(errs, "did you mean \"smoke\"?") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	code, text, _ := call(t, "validate", d.file)
	if code != exitInvalid || !strings.Contains(text, "smoek") || !strings.Contains(text, "unknown control \"iso27001:A.5.31\"") {
		t.Errorf("validate: exit code %d: %s", code, text)
	}
	if code, text, errs := call(t, "validate", "mail-year"); code != 0 {
		t.Errorf("the programme of the library: exit code %d: %s%s", code, text, errs)
	}
	t.Chdir(t.TempDir())
	if code, _, errs := call(t, "schedule", "list"); code != exitUsage || !strings.Contains(errs, "there is no programme.yaml") || !strings.Contains(errs, "mail-year") {
		t.Errorf("without a programme: exit code %d: %s", code, errs)
	}
	if code, _, errs := call(t, "schedule", "list", "--programme", "mail-yaer"); code != exitUsage || !strings.Contains(errs, "did you mean \"mail-year\"?") {
		t.Errorf("a wrong name: exit code %d: %s", code, errs)
	}
	if code, _, _ := d.call("list", "--as-of", "soon"); code != exitInvalid && code != exitUsage {
		t.Errorf("a wrong moment: exit code %d", code)
	}
}

const quickDrill = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: quick}
topology: primary-backup-mx
workload: {rate: 10/s, mailboxes: 4, sizes: [1KiB]}
phases: {baseline: 1s, observe: 5s, drain: 60s}
probes: {interval: 250ms, timeout: 2s}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 1s}
objectives:
  loss: {max: 0}
`

// now is an item whose date was a moment ago.
func (d desktop) now() string {
	must(d.t, os.WriteFile(filepath.Join(filepath.Dir(d.file), "quick.yaml"), []byte(quickDrill), 0o644))
	at := time.Now().UTC()
	return fmt.Sprintf("  - {id: now, drill: ./quick.yaml, cron: \"%d %d * * *\"}\n", at.Minute(), at.Hour())
}

// rewrite gives the desktop other items.
func (d desktop) rewrite(items string) {
	src, err := os.ReadFile(d.file)
	must(d.t, err)
	head, _, _ := strings.Cut(string(src), "items:\n")
	must(d.t, os.WriteFile(d.file, []byte(head+"items:\n"+items), 0o644))
}

// entries is the log of the scheduler, without the dates of the past.
func (d desktop) entries() (what []string) {
	text, _ := os.ReadFile(filepath.Join(d.runs, "programme", "schedule.jsonl"))
	for line := range strings.Lines(string(text)) {
		var e programme.Entry
		must(d.t, json.Unmarshal([]byte(line), &e))
		if e.What != programme.WasMissed {
			what = append(what, e.What)
		}
	}
	return what
}

// TestRunDueRunsOnce: a real drill on simulated servers, and nothing at the second
// call.
func TestRunDueRunsOnce(t *testing.T) {
	d := newDesktop(t, weekly)
	d.rewrite(d.now())
	code, text, errs := d.call("run-due", "--runtime", "embedded", "--json")
	var ran []ranDrill
	if err := json.Unmarshal([]byte(text), &ran); err != nil || code != exitPassed || len(ran) != 1 || ran[0].Item != "now" || ran[0].Exit != 0 {
		t.Fatalf("exit code %d, %v: %s\n%s", code, err, text, errs)
	}
	if found, _ := filepath.Glob(filepath.Join(d.runs, "*-quick-*", "record.json")); len(found) != 1 {
		t.Errorf("records: %v", found)
	}
	if code, text, errs := d.call("run-due", "--runtime", "embedded", "--json"); code != 0 || text != "[]\n" {
		t.Errorf("the second call: exit code %d: %s%s", code, text, errs)
	}
	if got := fmt.Sprint(d.entries()); got != "[ran]" {
		t.Errorf("the log says %s", got)
	}
	if code, _, _ := d.call("due", "--check"); code != exitOverdue {
		t.Errorf("a simulated run satisfies a date: exit code %d", code)
	}
}

// TestTheDaemonEndsWithASignal, and reports the drill that runs before.
func TestTheDaemonEndsWithASignal(t *testing.T) {
	d := newDesktop(t, weekly)
	d.rewrite(d.now())
	signals := make(chan os.Signal, 1)
	var out, errs bytes.Buffer
	p := &process{Args: []string{"schedule", "daemon", "--programme", d.file, "--out", d.runs, "--runtime", "embedded"}, Env: func(string) string { return "" },
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Signals: signals, Width: func() int { return 80 }}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	ended := make(chan int)
	go func() { ended <- p.run(ctx) }()
	for events, _ := filepath.Glob(filepath.Join(d.runs, "*-quick-*", "events.jsonl")); len(events) == 0 && ctx.Err() == nil; events, _ = filepath.Glob(filepath.Join(d.runs, "*-quick-*", "events.jsonl")) {
		time.Sleep(10 * time.Millisecond)
	}
	signals <- syscall.SIGTERM
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	if found, _ := filepath.Glob(filepath.Join(d.runs, "*-quick-*", "record.json")); len(found) != 1 {
		t.Errorf("records: %v\n%s", found, errs.String())
	}
	if got := fmt.Sprint(d.entries()); got != "[ran]" || !strings.Contains(errs.String(), "now: ended with exit code 4") {
		t.Errorf("the log says %s\n%s", got, errs.String())
	}
}

// TestTheCommandsOfTheReadmeAreCommands: whatever a unit, a crontab or a pipeline
// calls is there, with its flags.
func TestTheCommandsOfTheReadmeAreCommands(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("..", "..", "harness", "programme", "README.md"))
	must(t, err)
	found := 0
	for _, m := range regexp.MustCompile(`maildrill (schedule [^\n#>&|]*?)(?: 2>>.*)?(?: {2,}#.*)?\n`).FindAllStringSubmatch(string(src), -1) {
		args := strings.Fields(m[1])
		c, rest, err := (&process{}).root().Find(args)
		if err == nil {
			err = c.ParseFlags(rest)
		}
		if err != nil || c.Parent() == nil || c.Parent().Name() != "schedule" || len(c.Flags().Args()) > 0 {
			t.Errorf("%s: %v", m[1], err)
		}
		found++
	}
	if found < 14 {
		t.Errorf("only %d commands", found)
	}
}
