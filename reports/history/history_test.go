package history

import (
	"testing"
	"time"

	"maildrill/harness/record"
)

var stamp = time.Date(2026, 5, 6, 7, 8, 9, 123456789, time.UTC)

func TestWhenARunStarted(t *testing.T) {
	const id = "20261123-184105-backup-mx-takes-over-3fa9"
	for _, c := range []struct{ folder, said, want, by string }{
		{id, "2026-11-23T18:41:05.25Z", "2026-11-23T18:41:05.25Z", ByRecord},
		{id, "2026-11-23T20:41:05+02:00", "2026-11-23T18:41:05Z", ByRecord},
		{id, "", "2026-11-23T18:41:05Z", ByName},
		{id, "yesterday", "2026-11-23T18:41:05Z", ByName},
		{id, "9999-12-31T23:59:59-23:00", "2026-11-23T18:41:05Z", ByName}, // the year 10000
		{"20261345-184105-x-3fa9", "", "2026-05-06T07:08:09.123456Z", ByStamp},
		{"victim", "", "2026-05-06T07:08:09.123456Z", ByStamp},
	} {
		r := Of(c.folder, record.Record{Verdict: record.Passed, Run: record.Run{Started: c.said}}, stamp)
		if got := r.Started.Format(time.RFC3339Nano); got != c.want || r.StartedBy != c.by {
			t.Errorf("%s, %q: %s by %s, want %s by %s", c.folder, c.said, got, r.StartedBy, c.want, c.by)
		}
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		verdict record.Verdict
		dirty   bool
		want    Outcome
	}{
		{record.Passed, false, Passed}, {record.Failed, false, Failed}, {record.Inconclusive, false, Inconclusive}, {record.Aborted, false, Aborted},
		{record.Error, false, Error}, {record.Passed, true, Dirty}, {record.Error, true, Dirty}, {"", false, Unreadable}, {"no record", false, Unreadable}, {"PASSED", false, Unreadable},
	} {
		if got := Of("x", record.Record{Verdict: c.verdict, Dirty: c.dirty}, stamp).Outcome; got != c.want {
			t.Errorf("%q, dirty %v: %s, want %s", c.verdict, c.dirty, got, c.want)
		}
	}
}

// Each row but the first spoils what would be evidence.
func TestWhatIsEvidence(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*record.Record)
		want  bool
		why   string
	}{
		{"passed on real servers", func(*record.Record) {}, true, ""},
		{"as expected", func(r *record.Record) { r.Expect = &record.Expect{Verdict: record.Passed, Met: true} }, true, ""},
		{"a twin that passes", func(r *record.Record) { r.Expect = &record.Expect{Verdict: record.Failed} }, false, "did not end as its scenario expects"},
		{"simulated", func(r *record.Record) { r.Simulated = true }, false, "simulated"},
		{"embedded, and does not say that it is simulated", func(r *record.Record) { r.Run.Runtime = "embedded" }, false, "simulated"},
		{"of no known runtime", func(r *record.Record) { r.Run.Runtime = "" }, false, "of no known runtime"},
		{"dirty", func(r *record.Record) { r.Dirty = true }, false, "dirty"},
		{"failed, as expected", func(r *record.Record) {
			r.Verdict, r.Expect = record.Failed, &record.Expect{Verdict: record.Failed, Met: true}
		}, false, "failed"},
		{"inconclusive", func(r *record.Record) { r.Verdict = record.Inconclusive }, false, "inconclusive"},
		{"aborted", func(r *record.Record) { r.Verdict = record.Aborted }, false, "aborted"},
		{"error", func(r *record.Record) { r.Verdict = record.Error }, false, "error"},
		{"no verdict", func(r *record.Record) { r.Verdict = "" }, false, "unreadable"},
	} {
		rec := record.Record{Verdict: record.Passed, Run: record.Run{ID: "x", Runtime: "docker"}}
		c.spoil(&rec)
		if ok, why := Of("x", rec, stamp).Evidence(); ok != c.want || why != c.why {
			t.Errorf("%s: %v, %q", c.name, ok, why)
		}
	}
	if ok, _ := (Run{Outcome: Passed, Runtime: "docker", CopyOf: "y"}).Evidence(); ok {
		t.Error("a copy is evidence")
	}
	if ok, _ := Without("x", NoRecord, "", stamp).Evidence(); ok {
		t.Error("nothing is evidence")
	}
}
