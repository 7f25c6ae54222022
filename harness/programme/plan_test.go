package programme

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maildrill/scenarios"
)

// planOf makes a plan of some items of a year in Berlin.
func planOf(t *testing.T, more string, items ...string) *Plan {
	t.Helper()
	return planIn(t, "Europe/Berlin", more, items...)
}

func planIn(t *testing.T, zone, more string, items ...string) *Plan {
	t.Helper()
	src := fmt.Sprintf("apiVersion: maildrill/v1\nkind: Programme\nmetadata: {name: test}\ntimezone: %s\nowner: ops\nfrom: 2027-01-01\nuntil: 2027-12-31\n%s\nitems:\n", zone, more)
	for _, it := range items {
		src += "  - {" + it + "}\n"
	}
	return loaded(t, "programme.yaml", src)
}

func loaded(t *testing.T, file, src string) *Plan {
	t.Helper()
	doc, problems := scenarios.Parse(file, []byte(src))
	if len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	p, problems := Of(doc)
	if len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	return p
}

// at reads "2027-03-28 03:30 +0200", or a time in UTC.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	for _, form := range []string{"2006-01-02 15:04 -0700", "2006-01-02 15:04", "2006-01-02"} {
		if found, err := time.Parse(form, text); err == nil {
			return found
		}
	}
	t.Fatalf("%q is no time", text)
	return time.Time{}
}

func whole(p *Plan) []Occurrence {
	return p.Occurrences(time.Time{}, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
}

// starts are the starts of occurrences as their zone shows them.
func starts(list []Occurrence) string {
	var all []string
	for _, o := range list {
		text := o.Start.Format("01-02 15:04 -0700")
		if o.Skipped != "" {
			text = "skipped " + o.Planned
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestInstant(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/Berlin", "2027-01-15 03:00", "2027-01-15 03:00 +0100"},
		{"Europe/Berlin", "2027-07-15 03:00", "2027-07-15 03:00 +0200"},
		{"Europe/Berlin", "2027-03-28 01:59", "2027-03-28 01:59 +0100"},
		{"Europe/Berlin", "2027-03-28 02:00", "2027-03-28 03:00 +0200"},
		{"Europe/Berlin", "2027-03-28 02:30", "2027-03-28 03:00 +0200"},
		{"Europe/Berlin", "2027-03-28 03:00", "2027-03-28 03:00 +0200"},
		{"Europe/Berlin", "2027-10-31 02:00", "2027-10-31 02:00 +0200"},
		{"Europe/Berlin", "2027-10-31 02:30", "2027-10-31 02:30 +0200"},
		{"Europe/Berlin", "2027-10-31 03:00", "2027-10-31 03:00 +0100"},
		{"America/New_York", "2027-03-14 02:30", "2027-03-14 03:00 -0400"},
		{"America/New_York", "2027-11-07 01:30", "2027-11-07 01:30 -0400"},
		{"America/New_York", "2027-11-07 02:00", "2027-11-07 02:00 -0500"},
		{"Australia/Lord_Howe", "2027-10-03 02:15", "2027-10-03 02:30 +1100"},
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-31 00:00 +1400"},
		{"UTC", "2027-03-28 02:30", "2027-03-28 02:30 +0000"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := Instant(at(t, c.wall), zone); !got.Equal(at(t, c.want)) {
			t.Errorf("%s %s: %s, want %s", c.zone, c.wall, got, c.want)
		}
	}
}

// TestEachPlannedTimeIsOneRun: over both changes of the clocks.
func TestEachPlannedTimeIsOneRun(t *testing.T) {
	for _, c := range []struct{ zone, cron, from, to, want string }{
		{"Europe/Berlin", "30 2 * * *", "2027-03-27", "2027-03-30", "03-27 02:30 +0100, 03-28 03:00 +0200, 03-29 02:30 +0200"},
		{"Europe/Berlin", "30 2 * * *", "2027-10-30", "2027-11-02", "10-30 02:30 +0200, 10-31 02:30 +0200, 11-01 02:30 +0100"},
		{"America/New_York", "30 1 * * *", "2027-11-06", "2027-11-09", "11-06 01:30 -0400, 11-07 01:30 -0400, 11-08 01:30 -0500"},
	} {
		p := planIn(t, c.zone, "", `id: a, drill: single-server-crash, cron: "`+c.cron+`"`)
		if got := starts(p.Occurrences(at(t, c.from), at(t, c.to))); got != c.want {
			t.Errorf("%s: %s, want %s", c.zone, got, c.want)
		}
		if n := len(whole(p)); n != 365 {
			t.Errorf("%s: %d dates", c.zone, n)
		}
	}
}

func TestPostponing(t *testing.T) {
	for name, c := range map[string]struct{ more, item, from, to, want, why string }{
		"quiet over midnight": {`quiet: [{from: "22:00", to: "06:00"}]`, `cron: "0 3 1 6 *"`, "2027-06-01", "2027-06-02", "06-01 06:00 +0200", "quiet hours: 22:00 to 06:00"},
		"quiet on the evening of a Friday only": {`quiet: [{days: [fri], from: "22:00", to: "06:00"}]`, `cron: "0 3 5,6 6 *"`, "2027-06-04", "2027-06-08",
			"06-05 06:00 +0200, 06-06 03:00 +0200", "quiet hours: 22:00 to 06:00"},
		"a freeze to the end of its day": {`freezes: [{name: audit, from: 2027-06-01, until: 2027-06-03}]`, `every: {months: 1, day: 1, at: "10:00"}`, "2027-06-01", "2027-07-01",
			"06-04 00:00 +0200", "freeze: audit"},
		"a freeze into quiet hours": {"freezes: [{name: audit, from: 2027-06-01, until: 2027-06-03T23:00}]\n" + `quiet: [{from: "22:00", to: "06:00"}]`, `every: {months: 1, day: 1, at: "10:00"}`,
			"2027-06-01", "2027-07-01", "06-04 06:00 +0200", "freeze: audit"},
		"past the next date": {`freezes: [{name: audit, from: 2027-06-07, until: 2027-06-20}]`, `cron: "0 3 * * 1"`, "2027-06-01", "2027-06-22",
			"skipped 2027-06-07T03:00, 06-21 00:00 +0200, 06-21 03:00 +0200", ""},
		"out of the year": {`freezes: [{name: new year, from: 2027-12-20, until: 2028-01-06}]`, `every: {months: 1, day: 22, at: "10:00"}`, "2027-12-01", "2028-02-01",
			"01-07 00:00 +0100", "freeze: new year"},
		"out of the year, past a date that is not in it": {`freezes: [{name: new year, from: 2027-12-20, until: 2028-01-06}]`, `cron: "0 3 * * 1"`, "2027-12-19", "2028-02-01",
			"skipped 2027-12-20T03:00, skipped 2027-12-27T03:00", ""},
		"quiet in the hour that comes twice": {`quiet: [{from: "01:00", to: "02:45"}]`, `cron: "30 2 31 10 *"`, "2027-10-30", "2027-11-02", "10-31 02:45 +0200", "quiet hours: 01:00 to 02:45"},
		"an instant":                         {`freezes: [{name: audit, from: "2027-06-01T07:00Z", until: "2027-06-01T12:00Z"}]`, `cron: "0 10 1 6 *"`, "2027-06-01", "2027-06-02", "06-01 14:00 +0200", "freeze: audit"},
	} {
		t.Run(name, func(t *testing.T) {
			p := planOf(t, c.more, "id: a, drill: single-server-crash, "+c.item)
			got := p.Occurrences(at(t, c.from), at(t, c.to))
			if starts(got) != c.want {
				t.Fatalf("%s, want %s", starts(got), c.want)
			}
			if c.why != "" && (len(got[0].Moved) == 0 || got[0].Moved[0].Why != c.why || got[0].Moved[len(got[0].Moved)-1].To != got[0].Start) {
				t.Errorf("moved: %+v", got[0].Moved)
			}
		})
	}
}

func TestUnannounced(t *testing.T) {
	const quiet = `quiet: [{days: [sat, sun], from: "00:00", to: "24:00"}]`
	item := `id: a, drill: single-server-crash, cron: "0 8 * * 1", unannounced: {window_days: 7, from: "10:00", to: "16:00"}`
	p, again := planOf(t, quiet, item), planOf(t, quiet, item)
	seen, other := map[time.Duration]bool{}, starts(whole(planOf(t, quiet+"\nseed: 2", item)))
	for _, o := range whole(p) {
		hour := o.Start.Hour()
		if o.Start.Before(o.Window.From) || !o.Start.Before(o.Window.To) || hour < 10 || hour > 15 || o.Start.Weekday()%6 == 0 || len(o.Moved) > 0 {
			t.Errorf("%s in %s to %s, moved %v", o.Start, o.Window.From, o.Window.To, o.Moved)
		}
		if shown := o.Shown(); !shown.Start.IsZero() || shown.Window == nil {
			t.Errorf("the time is shown: %+v", shown)
		}
		seen[o.Start.Sub(o.Window.From)] = true
	}
	if starts(whole(p)) != starts(whole(again)) || starts(whole(p)) == other || len(seen) < 45 {
		t.Errorf("the times do not depend on the seed alone, or not on the date: %d", len(seen))
	}
}

// TestAFrozenWindowMoves as a whole: its begin would tell the time.
func TestAFrozenWindowMoves(t *testing.T) {
	p := planOf(t, "freezes: [{name: audit, from: 2027-06-01, until: 2027-06-10}]",
		`id: a, drill: single-server-crash, every: {months: 3, month: 6, day: 2, at: "10:00"}, unannounced: {window_days: 5, from: "09:00", to: "17:00"}`)
	o := whole(p)[0]
	if !o.Window.From.Equal(at(t, "2027-06-11 09:00 +0200")) || !o.Window.To.Equal(at(t, "2027-06-15 17:00 +0200")) || len(o.Moved) != 1 || o.Planned != "2027-06-02T10:00" {
		t.Errorf("%+v", o)
	}
}

func TestNamesAreResolved(t *testing.T) {
	p := planOf(t, "", `id: a, drill: "suite:smoke", cron: "0 3 * * 1"`, `id: b, gameday: ./exercises/nobody-wrote-it.yaml, cron: "0 3 * * 1"`, `id: c, drill: single-server-crash, cron: "0 3 * * 1"`)
	if len(p.Names("a")) < 3 || p.Names("b")[0] != "nobody-wrote-it" || p.Names("c")[0] != "single-server-crash" {
		t.Errorf("%v, %v, %v", p.Names("a"), p.Names("b"), p.Names("c"))
	}
	doc, problems := scenarios.Parse("p.yaml", []byte("apiVersion: maildrill/v1\nkind: Programme\nmetadata: {name: test}\ntimezone: UTC\nowner: ops\nfrom: 2027-01-01\nuntil: 2027-12-31\nitems:\n"+
		"  - {id: a, drill: \"suite:smoek\", cron: \"0 3 * * 1\"}\n  - {id: b, drill: ./nowhere.yaml, cron: \"0 3 * * 1\"}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, problems = Of(doc)
	if len(problems) != 2 || problems[0].Line != 9 || problems[0].Suggestion != "smoke" || problems[1].Line != 10 || problems[1].Column != 20 {
		t.Errorf("%v", problems)
	}
}
