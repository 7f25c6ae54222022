package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// Dates are worked out on a wall clock that knows neither zones nor daylight
// saving: as times in UTC. What instant such a time stands for is for the
// caller, see package programme. Cron is read by gronx: robfig/cron has the
// better known name, but its last version is of 2020, and it works out instants
// itself, with rules of its own about the hours that daylight saving takes and
// gives.

// furthest is how far ahead a date is looked for: February 29th comes again
// after eight years at most.
const furthest = 9 * 366 * 24 * time.Hour

// Next gives the first date of an item after a time, both on the wall clock.
// The end of the programme is not looked at.
func (p *Programme) Next(i ProgrammeItem, after time.Time) (time.Time, bool) {
	if i.Every != nil {
		return p.nextMonth(*i.Every, after)
	}
	if cronFault(i.Cron) != "" {
		return time.Time{}, false
	}
	next, err := gronx.NextTickAfter(i.Cron, after.Truncate(time.Minute), false)
	ok := err == nil && next.After(after) && next.Sub(after) < furthest
	return next, ok
}

func (p *Programme) nextMonth(e Every, after time.Time) (time.Time, bool) {
	first, err := time.Parse(time.DateOnly, p.From)
	minute, ok := ParseHour(e.At)
	if err != nil || !ok || e.Months < 1 {
		return time.Time{}, false
	}
	year, month := first.Year(), int(first.Month())
	if e.Month > 0 {
		month = e.Month
	}
	passed := (after.Year()-year)*12 + int(after.Month()) - month
	for n := max(0, passed/e.Months-1); ; n++ {
		at := dayOf(year, month+n*e.Months, max(1, e.Day)).Add(minute)
		if at.After(after) && !at.Before(first) {
			return at, true
		}
	}
}

// dayOf is a day of a month, or its last one. Months may go beyond 12.
func dayOf(year, month, day int) time.Time {
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, min(day, last.Day())-last.Day())
}

// ParseHour reads "22:30", and "24:00" as the end of the day.
func ParseHour(text string) (time.Duration, bool) {
	if !endHourForm.pattern.MatchString(text) {
		return 0, false
	}
	hours, minutes, _ := strings.Cut(text, ":")
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// ParseMoment reads a day or a time on the wall clock; day tells which. A time
// with a zone is an instant, which zone turns into that of the programme.
func ParseMoment(text string, zone *time.Location) (at time.Time, day bool, err error) {
	if at, err = time.Parse(time.DateOnly, text); err == nil {
		return at, true, nil
	}
	if at, err = time.Parse("2006-01-02T15:04", text); err == nil {
		return at, false, nil
	}
	instant, err := time.Parse("2006-01-02T15:04Z07:00", text)
	if err != nil {
		return at, false, fmt.Errorf("%s is no day and no time of the calendar", quote(text))
	}
	local := instant.In(zone)
	_, offset := local.Zone()
	return local.UTC().Add(time.Duration(offset) * time.Second), false, nil
}

// cronFault says what is wrong with the five fields, or "". Gronx takes seconds,
// years and words such as @daily too, which crontabs elsewhere do not.
func cronFault(cron string) string {
	fields := strings.Fields(cron)
	switch {
	case len(fields) != 5:
		return fmt.Sprintf("%s has %d fields, not five: minute, hour, day, month, day of the week", quote(cron), len(fields))
	case !gronx.IsValid(cron):
		return fmt.Sprintf("%s is not understood; Mondays at three are \"0 3 * * 1\"", quote(cron))
	}
	return ""
}
