package programme

import (
	"cmp"
	"slices"
	"time"

	"maildrill/scenarios"
)

// Occurrence is one date of an item.
type Occurrence struct {
	Item string `json:"item"`
	// Planned is the time of the file on the wall clock, "2027-03-28T02:30". It
	// never changes: with the item it names the occurrence.
	Planned string `json:"planned"`
	// Start is when it begins, moved or drawn. What is shown of an unannounced one
	// has none, see [Occurrence.Shown].
	Start time.Time `json:"start,omitzero"`
	// Window holds the start of what is unannounced.
	Window *Window `json:"window,omitempty"`
	// Moved is how it came from its planned time to its start.
	Moved []Move `json:"moved,omitempty"`
	// Skipped is why it does not take place.
	Skipped string `json:"skipped,omitempty"`
	// Overdue is the moment from which on it is, if nothing was done.
	Overdue time.Time `json:"overdue"`

	planned time.Time // as an instant
}

// Window is a stretch of time, its end not included.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Move is why an occurrence is later than it was planned.
type Move struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why"`
}

// Key names an occurrence.
type Key struct{ Item, Planned string }

// Key is the name of the occurrence, wherever it was moved.
func (o Occurrence) Key() Key { return Key{o.Item, o.Planned} }

// Begin is the moment from which on something can be expected: that of the
// window, where there is one.
func (o Occurrence) Begin() time.Time {
	if o.Window != nil {
		return o.Window.From
	}
	return o.Start
}

// Shown is what may be told about the occurrence before it began.
func (o Occurrence) Shown() Occurrence {
	if o.Window != nil {
		o.Start = time.Time{}
	}
	return o
}

// plannedForm is how a planned time is written.
const plannedForm = "2006-01-02T15:04"

// Occurrences are the dates that begin from a moment on and before another, in
// the order of their begins. One that is skipped stands where it was planned.
func (p *Plan) Occurrences(from, to time.Time) (found []Occurrence) {
	for _, o := range p.all {
		if at := o.shownAt(); !at.Before(from) && at.Before(to) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b Occurrence) int {
		return cmp.Or(a.shownAt().Compare(b.shownAt()), cmp.Compare(a.Item, b.Item))
	})
	return found
}

func (o Occurrence) shownAt() time.Time {
	if o.Skipped != "" {
		return o.planned
	}
	return o.Begin()
}

// of lists the dates of one item in their order.
func (p *Plan) of(item string) (found []Occurrence) {
	for _, o := range p.all {
		if o.Item == item {
			found = append(found, o)
		}
	}
	return found
}

// dates works out all dates of an item.
func (p *Plan) dates(it scenarios.ProgrammeItem) (all []Occurrence) {
	end := p.until.AddDate(0, 0, 1)
	at, ok := p.file.Next(it, p.from.Add(-time.Minute))
	for ok && at.Before(end) {
		next, more := p.file.Next(it, at)
		o := p.occurrence(it, at)
		if more {
			o.giveWay(Instant(next, p.zone))
		}
		all = append(all, o)
		at, ok = next, more
	}
	return all
}

func (p *Plan) occurrence(it scenarios.ProgrammeItem, at time.Time) Occurrence {
	o := Occurrence{Item: it.ID, Planned: at.Format(plannedForm), planned: Instant(at, p.zone)}
	var end time.Time
	if it.Unannounced != nil {
		p.draw(&o, *it.Unannounced, at)
		end = o.Window.To
	} else {
		p.postpone(&o)
		end = o.Start
	}
	o.Overdue = Instant(Wall(end, p.zone).AddDate(0, 0, it.GraceDays()), p.zone)
	return o
}

// giveWay skips an occurrence that was moved to where the next one is.
func (o *Occurrence) giveWay(next time.Time) {
	if len(o.Moved) > 0 && !o.Begin().Before(next) && o.Skipped == "" {
		o.Skipped = "it would move past the next date: " + o.Moved[0].Why
	}
}
