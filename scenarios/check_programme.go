package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones do not depend on the host
)

// longestProgramme bounds the days of a programme, densest how near two dates
// of an item may be: a drill takes minutes.
const (
	longestProgramme = 5 * 366
	densest          = time.Hour
)

// checkProgramme looks for what the schema cannot say.
func (d *Document) checkProgramme(p *Programme) {
	zone := d.checkZone(p)
	d.checkSpan(p)
	d.checkQuiet(p)
	for i, f := range p.Freezes {
		d.checkFreeze(item("freezes", i), f, zone)
	}
	if d.has("items") && len(p.Items) == 0 {
		d.wrong("items", "nothing is planned: give at least one item", "")
	}
	for i := range p.Items {
		d.checkItem(p, i)
	}
}

// zones are those that a suggestion is taken from.
var zones = []string{"UTC", "Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/Paris", "Europe/London", "Europe/Madrid", "Europe/Rome",
	"Europe/Amsterdam", "Europe/Brussels", "Europe/Prague", "Europe/Warsaw", "Europe/Stockholm", "Europe/Oslo", "Europe/Copenhagen",
	"Europe/Helsinki", "Europe/Athens", "Europe/Istanbul", "Europe/Kyiv", "Europe/Dublin", "Europe/Lisbon", "America/New_York",
	"America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Shanghai",
	"Asia/Kolkata", "Asia/Singapore", "Asia/Dubai", "Australia/Sydney", "Africa/Johannesburg", "Pacific/Auckland"}

func (d *Document) checkZone(p *Programme) *time.Location {
	if p.Timezone == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil || p.Timezone == "Local" {
		d.guess("timezone", fmt.Sprintf("%s is no time zone; one is written as Europe/Berlin", quote(p.Timezone)), p.Timezone, zones)
		return time.UTC
	}
	return zone
}

// guess suggests the nearest of many words without listing them.
func (d *Document) guess(path, message, wrong string, words []string) {
	p := d.Problem(path, message, wrong, words...)
	p.Valid = nil
	d.report(p)
}

func (d *Document) checkSpan(p *Programme) {
	d.checkDay("from", p.From)
	d.checkDay("until", p.Until)
	from, badFrom := time.Parse(time.DateOnly, p.From)
	until, badUntil := time.Parse(time.DateOnly, p.Until)
	switch {
	case badFrom != nil || badUntil != nil: // reported
	case until.Before(from):
		d.wrong("until", fmt.Sprintf("the programme ends on %s, before it begins on %s", p.Until, p.From), "")
	case until.Sub(from) > longestProgramme*24*time.Hour:
		d.wrong("until", "a programme is planned for five years at most", "")
	}
}

func (d *Document) checkQuiet(p *Programme) {
	const minutes = 7 * 24 * 60
	var quiet [minutes]bool
	for i, q := range p.Quiet {
		from, okFrom := ParseHour(q.From)
		to, okTo := ParseHour(q.To)
		if okFrom && okTo && from == to {
			d.wrong(item("quiet", i)+".to", fmt.Sprintf("quiet from %s to %s is no time; a whole day is 00:00 to 24:00", q.From, q.To), "")
		}
		if !okFrom || !okTo {
			continue
		}
		for _, day := range q.Weekdays() {
			begin := (int(day)*24*60 + int(from.Minutes())) % minutes
			for m := range int(q.Length().Minutes()) {
				quiet[(begin+m)%minutes] = true
			}
		}
	}
	if !slices.Contains(quiet[:], false) {
		d.wrong("quiet", "all of the week is quiet: nothing could ever start", "")
	}
}

// Weekdays are the days on which the hours begin.
func (q QuietHours) Weekdays() (days []time.Weekday) {
	for i, name := range weekdays {
		if len(q.Days) == 0 || slices.Contains(q.Days, name) {
			days = append(days, time.Weekday((i+1)%7))
		}
	}
	return days
}

// Length is how long the hours are; those that end before they begin end on the
// next day.
func (q QuietHours) Length() time.Duration {
	from, _ := ParseHour(q.From)
	to, _ := ParseHour(q.To)
	if to < from {
		to += 24 * time.Hour
	}
	return to - from
}

func (d *Document) checkFreeze(at string, f Freeze, zone *time.Location) {
	if f.From == "" || f.Until == "" {
		return // reported
	}
	from, _, err := ParseMoment(f.From, zone)
	if err != nil {
		d.wrong(at+".from", err.Error(), "")
	}
	until, day, bad := ParseMoment(f.Until, zone)
	if bad != nil {
		d.wrong(at+".until", bad.Error(), "")
	}
	if day {
		until = until.AddDate(0, 0, 1)
	}
	if err == nil && bad == nil && !until.After(from) {
		d.wrong(at+".until", fmt.Sprintf("the freeze ends with %s, before it begins with %s", f.Until, f.From), "")
	}
}

func (d *Document) checkItem(p *Programme, i int) {
	it, at := p.Items[i], item("items", i)
	if first := slices.IndexFunc(p.Items, func(o ProgrammeItem) bool { return o.ID == it.ID }); first < i && it.ID != "" {
		d.wrong(at+".id", fmt.Sprintf("item %s is there twice; the first is %s", quote(it.ID), item("items", first)), "")
	}
	d.checkSubject(at, it)
	switch cron, every := d.has(at+".cron"), d.has(at+".every"); {
	case cron == every:
		d.wrong(at, "it needs its dates: either `cron` or `every`", "")
	case cron && it.Cron != "" && cronFault(it.Cron) != "":
		d.wrong(at+".cron", cronFault(it.Cron), "")
	default:
		d.checkDates(p, it, at)
	}
}

// checkSubject looks at names only: suites and files are for the caller.
func (d *Document) checkSubject(at string, it ProgrammeItem) {
	drill, gameday := d.has(at+".drill"), d.has(at+".gameday")
	_, suite := it.Suite()
	names := libraryNames("Scenario")
	switch {
	case drill == gameday:
		d.wrong(at, "it is either a `drill` or a `gameday`", "")
	case gameday && it.Runner == RunnerAuto:
		d.wrong(at+".runner", "people lead a game day: its runner is manual", "")
	case gameday || suite || it.Drill == "" || isPath(it.Drill) || slices.Contains(names, it.Drill):
	default:
		text := fmt.Sprintf("there is no scenario %s in the library; a file of your own is written with its path, ./NAME.yaml", quote(it.Drill))
		if some := kin(it.Drill, names); len(some) > 0 {
			text += "; the library has, among others, " + strings.Join(some, ", ")
		}
		d.guess(at+".drill", text, it.Drill, names)
	}
}

// enoughDates are looked at to find out how near they are.
const enoughDates = 100

// checkDates wants dates within the programme, not too near each other, and
// windows that end before the next date.
func (d *Document) checkDates(p *Programme, it ProgrammeItem, at string) {
	from, badFrom := time.Parse(time.DateOnly, p.From)
	until, badUntil := time.Parse(time.DateOnly, p.Until)
	if badFrom != nil || badUntil != nil || until.Before(from) || it.Cron == "" && it.Every == nil {
		return // reported
	}
	key := at + ".cron"
	if it.Every != nil {
		key = at + ".every"
		if it.Every.Months < 1 || it.Every.At == "" {
			return // reported
		}
	}
	last, ok := p.Next(it, from.Add(-time.Minute))
	if !ok || !last.Before(until.AddDate(0, 0, 1)) {
		d.wrong(key, fmt.Sprintf("no date of it lies between %s and %s", p.From, p.Until), "")
		return
	}
	nearest := furthest
	for range enoughDates {
		next, ok := p.Next(it, last)
		if !ok {
			break
		}
		nearest, last = min(nearest, next.Sub(last)), next
	}
	if nearest < densest {
		d.wrong(key, fmt.Sprintf("two dates of it are %s apart; a drill takes minutes, so once an hour is the most", Duration(nearest)), "")
	}
	d.checkWindow(at+".unannounced", it.Unannounced, nearest)
}

func (d *Document) checkWindow(at string, u *Unannounced, nearest time.Duration) {
	if u == nil {
		return
	}
	from, to := u.Hours()
	if from >= to {
		d.wrong(at+".to", fmt.Sprintf("the window ends at %s, before it begins at %s", u.To, u.From), "")
	}
	if length := time.Duration(max(1, u.Days)) * 24 * time.Hour; length > nearest {
		d.wrong(at, fmt.Sprintf("a window of %d days reaches past the next date, which can be %d days away", max(1, u.Days), int(nearest.Hours()/24)), "")
	}
}

// Hours are the bounds of each day of the window.
func (u Unannounced) Hours() (from, to time.Duration) {
	from, _ = ParseHour(u.From)
	to, ok := ParseHour(u.To)
	if !ok {
		to = 24 * time.Hour
	}
	return from, to
}
