package reports

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// views are all ways to show a record, with the ending of their golden files.
var views = []struct {
	ending string
	render func(io.Writer, record.Record) error
}{
	{"xml", of("junit")},
	{"md", of("markdown")},
	{"metrics.txt", of("openmetrics")},
	{"svg", of("badge")},
	{"annotations.txt", of("annotations")},
	{"txt", func(w io.Writer, r record.Record) error { return Terminal(w, r, false, 80) }},
	{"color.txt", func(w io.Writer, r record.Record) error { return Terminal(w, r, true, 80) }},
	{"narrow.txt", func(w io.Writer, r record.Record) error { return Terminal(w, r, false, 1) }},
}

// of renders one record in a format of the table.
func of(format string) func(io.Writer, record.Record) error {
	return func(w io.Writer, r record.Record) error {
		f, _ := Named(format)
		return f.Render(w, Run{Record: r})
	}
}

func show(t *testing.T, render func(io.Writer, record.Record) error, r record.Record) string {
	t.Helper()
	var out bytes.Buffer
	if err := render(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		for _, v := range views[:6] {
			got := show(t, v.render, s.make())
			file := filepath.Join("testdata", s.name+"."+v.ending)
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
			if again := show(t, v.render, s.make()); again != got {
				t.Errorf("%s: the same record gave other bytes", file)
			}
		}
	}
}

// Colour adds nothing and takes nothing away.
func TestColorIsOnlyColor(t *testing.T) {
	strip := strings.NewReplacer("\x1b[1;31m", "", "\x1b[1;32m", "", "\x1b[1;33m", "", "\x1b[0m", "")
	for _, s := range samples {
		plain, colored := show(t, views[5].render, s.make()), show(t, views[6].render, s.make())
		if !strings.Contains(colored, "\x1b[1;3") {
			t.Errorf("%s: no colour", s.name)
		}
		if strip.Replace(colored) != plain {
			t.Errorf("%s: colour changed the text", s.name)
		}
	}
}

// A recovery time never stands without its clock.
func TestClockStandsBesideEveryRecoveryTime(t *testing.T) {
	metric := regexp.MustCompile(`^maildrill_(objective_measured_seconds.*objective="rto|outage_seconds)`)
	for _, s := range samples {
		r := s.make()
		for _, v := range views[:6] {
			for _, line := range strings.Split(show(t, v.render, r), "\n") {
				shown := strings.Contains(line, "rto.mx") && (strings.Contains(line, " s ") || strings.Contains(line, "no data")) || strings.Contains(line, "RTO ")
				if shown && !strings.Contains(line, r.Clock+" clock") || metric.MatchString(line) && !strings.Contains(line, `clock="`+r.Clock+`"`) {
					t.Errorf("%s.%s: %q names no clock", s.name, v.ending, line)
				}
			}
		}
	}
}

func TestSimulatedIsSaid(t *testing.T) {
	metric := regexp.MustCompile(`maildrill_simulated\{[^}]*} 1\n`)
	for _, s := range samples {
		for _, v := range views {
			r := s.make()
			out := show(t, v.render, r)
			got := strings.Contains(out, "SIMULATED")
			if v.ending == "metrics.txt" {
				got = metric.MatchString(out)
			}
			if got != r.Simulated && out != "" { // no annotation says nothing of anything
				t.Errorf("%s.%s says SIMULATED: %v", s.name, v.ending, got)
			}
		}
	}
}

// What is not a pass is never shown as one.
func TestHeadline(t *testing.T) {
	for _, c := range []struct {
		verdict record.Verdict
		dirty   bool
		want    string
	}{
		{record.Passed, false, "PASSED"}, {record.Failed, false, "FAILED"}, {record.Inconclusive, false, "INCONCLUSIVE"},
		{record.Aborted, false, "ABORTED"}, {record.Error, false, "ERROR"}, {"", false, "NO VERDICT"}, {"\x1b[2J", false, "�[2J"}, {record.Passed, true, "DIRTY"},
	} {
		r := record.Record{Verdict: c.verdict, Dirty: c.dirty}
		if got := words.Headline(r); got != c.want {
			t.Errorf("words.Headline(%q, dirty %v) = %q, want %q", c.verdict, c.dirty, got, c.want)
		}
		if got := strings.Contains(show(t, of("markdown"), r), "# PASSED"); got != (c.want == "PASSED") {
			t.Errorf("%q, dirty %v: the summary says passed: %v", c.verdict, c.dirty, got)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteErrorsAreReported(t *testing.T) {
	for _, v := range views {
		if err := v.render(fullDisk{}, failed()); err == nil {
			t.Errorf("%s: a failed write was not reported", v.ending)
		}
	}
}
