package programme

import (
	"fmt"
	"time"

	"maildrill/scenarios"
)

// span is a freeze as instants.
type span struct {
	from, until time.Time
	why         string
}

func freezes(f *scenarios.Programme, zone *time.Location) (all []span) {
	for _, fr := range f.Freezes {
		from, _, err := scenarios.ParseMoment(fr.From, zone)
		until, day, bad := scenarios.ParseMoment(fr.Until, zone)
		if err != nil || bad != nil {
			continue // refused before
		}
		if day {
			until = until.AddDate(0, 0, 1)
		}
		all = append(all, span{Instant(from, zone), Instant(until, zone), "freeze: " + fr.Name})
	}
	return all
}

// mostMoves bounds how often a date is moved on: each freeze and each night once.
const mostMoves = 1000

// postpone moves an occurrence to the first moment at which something may start.
func (p *Plan) postpone(o *Occurrence) {
	o.Start = o.planned
	for range mostMoves {
		until, why := p.barred(o.Start)
		if why == "" {
			return
		}
		o.Moved = append(o.Moved, Move{From: o.Start, To: until, Why: why})
		o.Start = until
	}
	o.Skipped = "no moment is left at which it may start"
}

// barred tells why nothing may start at a moment, and until when; "": it may.
func (p *Plan) barred(at time.Time) (until time.Time, why string) {
	for _, f := range p.freezes {
		if !at.Before(f.from) && at.Before(f.until) {
			return f.until.In(p.zone), f.why
		}
	}
	for _, q := range p.file.Quiet {
		if until, quiet := p.quiet(q, at); quiet {
			return until, fmt.Sprintf("quiet hours: %s to %s", q.From, q.To)
		}
	}
	return time.Time{}, ""
}

// quiet looks at the hours that begin on this day or on the one before.
func (p *Plan) quiet(q scenarios.QuietHours, at time.Time) (time.Time, bool) {
	from, ok := scenarios.ParseHour(q.From)
	wall := Wall(at, p.zone)
	today := wall.Truncate(24 * time.Hour)
	for _, day := range []time.Time{today, today.AddDate(0, 0, -1)} {
		begin := day.Add(from)
		end := begin.Add(q.Length())
		if !ok || !on(q, day.Weekday()) || wall.Before(begin) || !wall.Before(end) {
			continue
		}
		until := Instant(end, p.zone)
		if !until.After(at) { // in the second of two equal hours
			until = at.Add(end.Sub(wall))
		}
		return until, true
	}
	return time.Time{}, false
}

func on(q scenarios.QuietHours, day time.Weekday) bool {
	for _, d := range q.Weekdays() {
		if d == day {
			return true
		}
	}
	return false
}
