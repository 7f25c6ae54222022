package scenarios

import (
	"testing"
	"time"
)

// wall reads a time on the wall clock.
func wall(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestDates: the dates of a rule, on a clock that knows no zone.
func TestDates(t *testing.T) {
	for name, c := range map[string]struct {
		item  ProgrammeItem
		after string
		want  []string
	}{
		"Mondays":                  {ProgrammeItem{Cron: "0 3 * * 1"}, "2027-01-01 00:00", []string{"2027-01-04 03:00", "2027-01-11 03:00"}},
		"not the moment itself":    {ProgrammeItem{Cron: "0 3 * * mon"}, "2027-01-04 03:00", []string{"2027-01-11 03:00"}},
		"a day or a weekday":       {ProgrammeItem{Cron: "0 3 13 * 5"}, "2027-08-01 00:00", []string{"2027-08-06 03:00", "2027-08-13 03:00"}},
		"in the gap":               {ProgrammeItem{Cron: "30 2 28 3 *"}, "2027-01-01 00:00", []string{"2027-03-28 02:30"}},
		"leap day":                 {ProgrammeItem{Cron: "0 3 29 2 *"}, "2027-01-01 00:00", []string{"2028-02-29 03:00", "2032-02-29 03:00"}},
		"quarters":                 {ProgrammeItem{Every: &Every{Months: 3, Day: 15, At: "10:00"}}, "2027-01-15 10:00", []string{"2027-04-15 10:00", "2027-07-15 10:00"}},
		"last days":                {ProgrammeItem{Every: &Every{Months: 1, Day: 31, At: "10:00"}}, "2027-02-01 00:00", []string{"2027-02-28 10:00", "2027-03-31 10:00", "2027-04-30 10:00"}},
		"from a month":             {ProgrammeItem{Every: &Every{Months: 6, Month: 5, At: "10:00"}}, "2026-12-31 00:00", []string{"2027-05-01 10:00", "2027-11-01 10:00"}},
		"years later":              {ProgrammeItem{Every: &Every{Months: 5, Day: 2, At: "00:00"}}, "2030-12-02 00:00", []string{"2031-03-02 00:00"}},
		"not before the programme": {ProgrammeItem{Every: &Every{Months: 1, Day: 1, At: "00:00"}}, "2020-01-01 00:00", []string{"2027-01-01 00:00"}},
	} {
		p := &Programme{From: "2027-01-01"}
		at := wall(t, c.after)
		for _, want := range c.want {
			next, ok := p.Next(c.item, at)
			if !ok || !next.Equal(wall(t, want)) {
				t.Errorf("%s: after %s comes %s %v, want %s", name, at, next, ok, want)
			}
			at = next
		}
	}
}

func TestImpossibleDatesNeverCome(t *testing.T) {
	p := &Programme{From: "2027-01-01"}
	for _, cron := range []string{"0 3 30 2 *", "0 3 * *", "@daily", "0 0 3 * * 1", "x 3 * * 1", ""} {
		if next, ok := p.Next(ProgrammeItem{Cron: cron}, wall(t, "2027-01-01 00:00")); ok {
			t.Errorf("%q comes at %s", cron, next)
		}
	}
}

func TestMoments(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2027-07-01": "2027-07-01 00:00", "2027-07-01T18:30": "2027-07-01 18:30", "2027-07-01T18:30Z": "2027-07-01 20:30", "2027-07-01T18:30+02:00": "2027-07-01 18:30",
	} {
		at, day, err := ParseMoment(text, berlin)
		if err != nil || day != (len(text) == 10) || !at.Equal(wall(t, want)) {
			t.Errorf("%s: %s, %v, %v", text, at, day, err)
		}
	}
}

// TestProgrammesOfTheLibrary have no mistakes.
func TestProgrammesOfTheLibrary(t *testing.T) {
	if len(ProgrammeNames()) == 0 {
		t.Error("there is none")
	}
	for _, name := range ProgrammeNames() {
		d, problems, err := FindProgramme(name)
		if err != nil || len(problems) > 0 || d.Programme.Metadata.Name != name {
			t.Errorf("%s: %v, %v", name, problems, err)
		}
	}
	for _, e := range Library() {
		if e.Area == "programmes" {
			t.Errorf("%s is listed as a scenario", e.Name)
		}
	}
	if _, _, err := FindProgramme("mail-yaer"); err == nil || err.Error() != `"mail-yaer" is neither a programme of the library nor a file; did you mean "mail-year"?; the library has [mail-year-overdue mail-year]` {
		t.Error(err)
	}
	if _, problems, _ := FindProgramme("testdata/mistakes/seven.yaml"); len(problems) != 1 {
		t.Errorf("a scenario is taken for a programme: %v", problems)
	}
}
