package reports

import (
	"fmt"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

func summed(t *testing.T, wish Wish, all ...record.Record) string {
	t.Helper()
	var runs []Run
	for _, r := range all {
		runs = append(runs, Run{Record: r})
	}
	var out strings.Builder
	if err := Markdown(&out, runs, wish); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Of several runs each has a row, the worst first, and then its details.
func TestSummaryOfSeveralRuns(t *testing.T) {
	out := summed(t, Wish{}, passed(), failed(), dirty(), inconclusive(), simulated())
	if !strings.HasPrefix(out, "# Mail drills: 5 runs, 1 DIRTY, 1 FAILED, 1 INCONCLUSIVE, 2 PASSED\n") {
		t.Errorf("%.200s", out)
	}
	last := -1
	for _, row := range []string{"| **DIRTY** |", "| **FAILED** | `no-backup-mx` | `loss`, `rto.mx` | 3 of 1480 |", "| **INCONCLUSIVE** |", "| PASSED | `backup-mx-takes-over` |", "**SIMULATED**",
		"\n## DIRTY: ", "\n## FAILED: ", "\n### Objectives", "\n## INCONCLUSIVE: ", "\n## PASSED: "} {
		at := strings.Index(out, row)
		if at < 0 || (at < last && row != "\n### Objectives") {
			t.Errorf("%q is missing or out of place", row)
		}
		last = max(last, at)
	}
	if empty := summed(t, Wish{}); !strings.Contains(empty, "nothing was shown") {
		t.Errorf("no runs: %s", empty)
	}
}

// It stays below GitHub's limit and says what was left out; no failure is left
// out in favour of a pass.
func TestSummaryOfManyRuns(t *testing.T) {
	var all []record.Record
	for i := range 2000 {
		r := passed()
		if i > 1990 {
			r = failed()
		}
		r.Scenario.Name = fmt.Sprintf("drill-%d", i)
		all = append(all, r)
	}
	out := summed(t, Wish{}, all...)
	if len(out) > 64<<10 {
		t.Errorf("%d bytes", len(out))
	}
	for _, want := range []string{"2000 runs, 9 FAILED, 1991 PASSED", " runs more left out for want of room: 1", "`drill-1999`", "**Details left out for want of room, of 19"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if n := strings.Count(out, "| **FAILED** |"); n != 9 {
		t.Errorf("%d rows of 9 failures", n)
	}
}

func TestSummaryAsDeclared(t *testing.T) {
	out := summed(t, Wish{Declared: true}, passed(), failed())
	if !strings.Contains(out, "| as the scenario expects: passed |") || !strings.Contains(out, "| **NOT as the scenario expects: failed (rto.mx)** |") {
		t.Errorf("%.900s", out)
	}
}

// Texts of 10 MB make no report large. The record itself holds what it holds.
func TestHugeTextsAreCut(t *testing.T) {
	r := hostile.Record(hostile.Huge())
	for _, f := range Formats {
		if f.Name == "json" {
			continue
		}
		var out strings.Builder
		if err := f.Render(&out, Run{Record: r, Bytes: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		limit := 1 << 20
		if f.Name == "markdown" {
			limit = 64 << 10
		}
		if out.Len() > limit {
			t.Errorf("%s: %d bytes", f.Name, out.Len())
		}
	}
	out := show(t, views[5].render, r)
	if len(out) > 64<<10 {
		t.Errorf("terminal: %d bytes", len(out))
	}
	if summary := summed(t, Wish{}, r); !strings.Contains(summary, "(cut: ") && !strings.Contains(summary, "..") {
		t.Error("what was cut is not told")
	}
}

// What was left out of one summary is named.
func TestSectionsLeftOutAreNamed(t *testing.T) {
	r := hostile.Sober(strings.Repeat("| ", 900))
	for range 200 {
		r.Objectives = append(r.Objectives, r.Objectives[0])
		r.Faults = append(r.Faults, r.Faults[0])
		r.Gates = append(r.Gates, r.Gates[0])
	}
	out := summed(t, Wish{}, r)
	if len(out) > 64<<10 || !strings.Contains(out, "rows more: record.json has them") || !strings.Contains(out, "**Left out for want of room: ") {
		t.Errorf("%d bytes, ends with %q", len(out), out[max(0, len(out)-300):])
	}
}
