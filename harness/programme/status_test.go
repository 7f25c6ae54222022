package programme

import (
	"testing"
	"time"
)

func passed(t *testing.T, name, when string) Evidence {
	t.Helper()
	return Evidence{Name: name, At: at(t, when), Passed: true, Source: "run of " + when}
}

func failed(t *testing.T, name, when string) Evidence {
	e := passed(t, name, when)
	e.Passed = false
	return e
}

// TestStatus: a drill on Mondays at three with three days of grace, an exercise in
// May, seen at moments of the year.
func TestStatus(t *testing.T) {
	p := planOf(t, "freezes: [{name: audit, from: 2027-08-01, until: 2027-08-31}]",
		`id: weekly, drill: single-server-crash, cron: "0 3 * * 1", grace_days: 3`,
		`id: exercise, gameday: site-loss-day, every: {months: 6, month: 5, day: 11, at: "10:00"}, grace_days: 30`)
	weekly := func(when string) Evidence { return passed(t, "single-server-crash", when) }
	outdated := weekly("2027-03-01 04:00")
	outdated.Outdated = true
	skip := Entry{What: WasSkipped, Item: "weekly", Planned: "2027-03-08T03:00", Why: "nobody was there"}
	for name, c := range map[string]struct {
		item, now string
		done      []Evidence
		log       []Entry
		want      State
		due       string
	}{
		"before the first date":                   {"weekly", "2027-01-02", nil, nil, Never, "2027-01-04 03:00 +0100"},
		"never run, and its date has come":        {"weekly", "2027-01-05", nil, nil, Due, "2027-01-04 03:00 +0100"},
		"never run, and grace is over":            {"weekly", "2027-01-07 02:00", nil, nil, Overdue, "2027-01-04 03:00 +0100"},
		"not a minute earlier":                    {"weekly", "2027-01-07 01:59", nil, nil, Due, "2027-01-04 03:00 +0100"},
		"passed":                                  {"weekly", "2027-03-03", []Evidence{weekly("2027-03-01 02:00")}, nil, Fresh, "2027-03-08 03:00 +0100"},
		"brought forward":                         {"weekly", "2027-03-02", []Evidence{weekly("2027-02-27 12:00")}, nil, Fresh, "2027-03-08 03:00 +0100"},
		"too early to count":                      {"weekly", "2027-03-02", []Evidence{weekly("2027-02-26 01:00")}, nil, Due, "2027-03-01 03:00 +0100"},
		"failed since":                            {"weekly", "2027-03-03", []Evidence{weekly("2027-03-01 02:00"), failed(t, "single-server-crash", "2027-03-02 09:00")}, nil, Stale, ""},
		"failed first":                            {"weekly", "2027-03-03", []Evidence{failed(t, "single-server-crash", "2027-03-01 02:00"), weekly("2027-03-02 02:00")}, nil, Fresh, ""},
		"only failed":                             {"weekly", "2027-03-05", []Evidence{weekly("2027-02-22 02:00"), failed(t, "single-server-crash", "2027-03-01 02:00")}, nil, Overdue, "2027-03-01 03:00 +0100"},
		"of an earlier version":                   {"weekly", "2027-03-03", []Evidence{outdated}, nil, Stale, ""},
		"of another scenario":                     {"weekly", "2027-03-05", []Evidence{passed(t, "no-backup-mx", "2027-03-01 02:00")}, nil, Overdue, "2027-01-04 03:00 +0100"},
		"of the future":                           {"weekly", "2027-03-05", []Evidence{weekly("2027-04-01 02:00")}, nil, Overdue, "2027-01-04 03:00 +0100"},
		"a dead scheduler":                        {"weekly", "2027-03-22 12:00", []Evidence{weekly("2027-03-01 02:00")}, nil, Overdue, "2027-03-08 03:00 +0100"},
		"skipped by the scheduler":                {"weekly", "2027-03-09", []Evidence{weekly("2027-03-01 02:00")}, []Entry{skip}, Skipped, "2027-03-08 03:00 +0100"},
		"what the scheduler skipped is overdue":   {"weekly", "2027-03-12", []Evidence{weekly("2027-03-01 02:00")}, []Entry{skip}, Overdue, "2027-03-08 03:00 +0100"},
		"what a freeze skipped is not overdue":    {"weekly", "2027-08-29", []Evidence{weekly("2027-07-26 02:00")}, nil, Skipped, "2027-09-01 00:00 +0200"},
		"after the last date":                     {"weekly", "2028-06-01", []Evidence{weekly("2027-12-27 03:00")}, nil, Fresh, ""},
		"an exercise before its date":             {"exercise", "2027-05-01", nil, nil, Never, "2027-05-11 10:00 +0200"},
		"an exercise in its grace":                {"exercise", "2027-06-10", nil, nil, Due, "2027-05-11 10:00 +0200"},
		"an exercise past its grace":              {"exercise", "2027-06-11", nil, nil, Overdue, "2027-05-11 10:00 +0200"},
		"an exercise held early":                  {"exercise", "2027-06-11", []Evidence{passed(t, "site-loss-day", "2027-04-20")}, nil, Fresh, "2027-11-11 10:00 +0100"},
		"an exercise whose record names the item": {"exercise", "2027-06-11", []Evidence{{Item: "exercise", Name: "other", At: at(t, "2027-05-12"), Passed: true}}, nil, Fresh, ""},
		"an exercise whose record names another":  {"exercise", "2027-06-11", []Evidence{{Item: "weekly", Name: "site-loss-day", At: at(t, "2027-05-12"), Passed: true}}, nil, Overdue, ""},
	} {
		for _, s := range p.Status(c.done, c.log, at(t, c.now)) {
			if s.Item != c.item {
				continue
			}
			if s.State != c.want || s.Why == "" || c.due != "" && !s.Due.Equal(at(t, c.due)) {
				t.Errorf("%s: %s (%s), due %s; want %s, due %s", name, s.State, s.Why, s.Due, c.want, c.due)
			}
		}
	}
}

// TestASuiteIsAsOldAsItsOldestMember, and proven by all of them only.
func TestASuiteIsAsOldAsItsOldestMember(t *testing.T) {
	p := planOf(t, "", `id: a, drill: "suite:smoke", cron: "0 3 * * 1", grace_days: 3`)
	var done []Evidence
	for i, name := range p.Names("a") {
		done = append(done, passed(t, name, "2027-03-01 02:00"), Evidence{Name: name, At: at(t, "2027-03-01 02:00").Add(time.Duration(i+1) * time.Minute), Passed: true})
	}
	now := at(t, "2027-03-02")
	if s := p.Status(done, nil, now)[0]; s.State != Fresh || !s.Passed.At.Equal(at(t, "2027-03-01 02:01")) {
		t.Errorf("%s, %+v", s.State, s.Passed)
	}
	broken := append([]Evidence{failed(t, p.Names("a")[0], "2027-03-01 04:00"), passed(t, p.Names("a")[1], "2027-03-01 05:00")}, done...)
	if s := p.Status(broken, nil, now)[0]; s.State != Stale || !s.Last.Passed {
		t.Errorf("a member failed since: %s, %+v", s.State, s.Last)
	}
	s := p.Status(done[2:], nil, now)[0]
	if s.State != Overdue || s.Passed != nil || len(s.Missing) != 1 || s.Missing[0] != p.Names("a")[0] {
		t.Errorf("without a member: %+v", s)
	}
}
