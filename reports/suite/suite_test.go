package suite

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/html"
)

func high(v float64) *float64 { return &v }

func rto(name string, low float64, to *float64, v record.Verdict) record.Objective {
	return record.Objective{Name: name, Unit: "s", Verdict: v, Measured: &record.Interval{Low: low, High: to}}
}

// made are a pass, a twin that fails as it must, one that passes and must not,
// a dirty one, one without a record, and one that never began.
func made() []Made {
	rec := func(v record.Verdict, expect *record.Expect, o ...record.Objective) *record.Record {
		return &record.Record{Verdict: v, Clock: "drill", Expect: expect, Objectives: o, Accounting: record.Accounting{Attempted: 100, Accepted: 100, Lost: 2}}
	}
	dirty := rec(record.Passed, &record.Expect{Verdict: record.Passed, Met: true})
	dirty.Dirty = true
	return []Made{
		{Run: "r1", Page: "../../r1/report.html", Scenario: "good", Trial: 1, Seconds: 89, Record: rec(record.Passed, &record.Expect{Verdict: record.Passed, Met: true},
			rto("rto.mx", 0, high(2), record.Passed), rto("rto.delivery", 11, high(14), record.Passed))},
		{Run: "r2", Page: "javascript:alert(1)", Scenario: "twin", Trial: 2, Record: rec(record.Failed, &record.Expect{Verdict: record.Failed, Objectives: []string{"rto.mx"}, Met: true},
			rto("rto.mx", 12, nil, record.Failed), rto("rto.delivery", 11, high(99), record.Passed))},
		{Run: "r3", Scenario: "lucky", Trial: 1, Record: rec(record.Passed, &record.Expect{Verdict: record.Failed, Objectives: []string{"loss"}})},
		{Run: "r4", Scenario: "dirty", Trial: 1, Record: dirty},
		{Run: "r5", Scenario: "crashed", Trial: 1, Seconds: 3},
		{Scenario: "late", Trial: 1},
	}
}

func TestOf(t *testing.T) {
	s := Of(Suite{Declared: true}, made())
	if s.Good != 2 || s.Bad != 4 || len(s.Runs) != 6 {
		t.Errorf("%d good, %d bad of %d", s.Good, s.Bad, len(s.Runs))
	}
	for i, want := range []struct {
		outcome, slowest string
		good             bool
	}{{"passed", "delivery", true}, {"failed", "mx", true}, {"passed", "", false}, {Dirty, "", false}, {NoRecord, "", false}, {NotRun, "", false}} {
		if r := s.Runs[i]; r.Outcome != want.outcome || r.Slowest != want.slowest || r.Good != want.good {
			t.Errorf("run %d: %+v, want %+v", i, r, want)
		}
	}
	// Judged by the verdict alone, the twin is bad and the lucky one good.
	if s := Of(Suite{}, made()); s.Good != 2 || s.Runs[1].Good || !s.Runs[2].Good || s.Runs[3].Good {
		t.Errorf("by verdict: %+v", s.Runs)
	}
	b, err := Marshal(s)
	if err != nil || json.Unmarshal(b, &Suite{}) != nil || !strings.Contains(string(b), Schema) {
		t.Errorf("%v: %s", err, b)
	}
}

// TestNoRunIsNoPass: a suite of nothing, and one that ended for a reason that no
// run has, are not passed.
func TestNoRunIsNoPass(t *testing.T) {
	for _, s := range []Suite{Of(Suite{Declared: true}, nil), Of(Suite{Declared: true, ExitCode: 4}, made()[:1])} {
		if v := s.Document(false).Verdict; v.Tone != dossier.Bad || v.Word == "PASSED" {
			t.Errorf("%+v", v)
		}
	}
	if v := Of(Suite{Declared: true}, made()[:2]).Document(false).Verdict; v.Word != "PASSED" {
		t.Errorf("%+v", v)
	}
}

func TestThePage(t *testing.T) {
	var page bytes.Buffer
	if err := html.Write(&page, Of(Suite{ID: "20260101-suite-smoke", Title: "suite smoke", Declared: true}, made()).Document(false)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`href="../../r1/report.html"`, "2 of 6 runs ended as declared", "twin (trial 2)", "NO: failed (loss)", "delivery 11 to 14 s",
		"late: not run", "default-src &#39;none&#39;"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page.String(), "javascript:") {
		t.Error("a page that is no path became a link")
	}
}
