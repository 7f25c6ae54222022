package period

import (
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

func TestTheRegisterIsMatchedWithTheFolders(t *testing.T) {
	year := Span{From: date(2026, 1, 1), To: date(2027, 1, 1)}
	run := func(id string, month int, change func(*history.Run)) history.Run {
		r := history.Run{Folder: id, ID: id, Outcome: history.Passed, Runtime: "docker", Verdict: record.Passed, Started: date(2026, 1, 1).AddDate(0, month, 0)}
		if change != nil {
			change(&r)
		}
		return r
	}
	entry := func(id string, month int, closed bool) Entry {
		return Entry{Run: id, Started: date(2026, 1, 1).AddDate(0, month, 0), Closed: closed}
	}
	folders := []history.Run{
		run("good", 1, nil), run("early", -1, nil), run("unknown-early", -1, nil), run("unknown", 2, nil), run("killed", 3, func(r *history.Run) { r.ID, r.Outcome = "", history.NoRecord }),
		run("renamed", 4, func(r *history.Run) { r.ID = "entered-as" }), run("simulated", 5, func(r *history.Run) { r.Simulated = true }), run("copied", 6, func(r *history.Run) { r.CopyOf = "good" }),
		run("moment", 0, func(r *history.Run) { r.Started = date(2027, 1, 1) }),
	}
	entries := []Entry{entry("good", 1, true), entry("early", -1, false), entry("gone-early", -1, true), entry("killed", 3, false), entry("entered-as", 4, true), entry("gone", 5, true),
		{Run: "moment", Started: date(2027, 1, 1).Add(-1), Closed: true}}
	var g Register
	g.Match(entries, folders, year)
	for what, lists := range map[string][2][]string{"open": {g.Open, {"killed"}}, "missing": {g.Missing, {"gone"}}, "unentered": {g.Unentered, {"unknown"}}} {
		if got, want := strings.Join(lists[0], " "), strings.Join(lists[1], " "); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
}
