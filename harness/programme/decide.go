package programme

import (
	"slices"
	"time"

	"maildrill/scenarios"
)

// Punctual is how late a run may start and still be on time.
const Punctual = time.Hour

// Known is what a scheduler knows of the past.
type Known struct {
	Claims []Claimed
	Log    []Entry
	Done   []Evidence
}

// Task is an attempt that has to be made now.
type Task struct {
	Occurrence
	Attempt int
}

// Decide says what a scheduler has to start now, in the order of the dates, and
// what it has to write down. It is pure: the same past gives the same answer, so
// that a restart forgets nothing.
func (p *Plan) Decide(known Known, now time.Time) (tasks []Task, notes []Entry) {
	for _, it := range p.file.Items {
		d := decision{plan: p, known: known, now: now, item: it}
		d.all()
		tasks, notes = append(tasks, d.tasks...), append(notes, d.notes...)
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return a.Start.Compare(b.Start) })
	return tasks, notes
}

// decision is about one item.
type decision struct {
	plan  *Plan
	known Known
	now   time.Time
	item  scenarios.ProgrammeItem

	tasks []Task
	notes []Entry
}

func (d *decision) all() {
	var begun []Occurrence
	for _, o := range d.plan.of(d.item.ID) {
		if o.Skipped != "" && !o.planned.After(d.now) {
			d.note(o.entry(WasSkipped, o.Skipped))
		}
		if o.Skipped != "" || o.Start.After(d.now) {
			continue
		}
		if len(o.Moved) > 0 {
			d.note(o.entry(WasMoved, o.Moved[0].Why))
		}
		begun = append(begun, o)
	}
	if d.item.Manual() {
		return // people hold it; how it stands tells whether they did
	}
	for i, o := range begun {
		d.one(o, i == len(begun)-1)
	}
}

// note is for what the log does not have yet.
func (d *decision) note(e Entry) {
	if !slices.ContainsFunc(d.known.Log, e.same) {
		d.notes = append(d.notes, e)
	}
}

// one decides about an occurrence whose time has come. Only the newest of an item
// is ever run: a drill that was missed three times is not run three times.
func (d *decision) one(o Occurrence, newest bool) {
	last := d.attempt(o.Key())
	switch {
	case d.closed(o.Key()):
	case last != nil && last.Lost:
		d.lost(o, *last, newest)
	case last != nil && !last.Ended.IsZero():
		d.note(o.ran(*last)) // as its scheduler did, unless it was killed in between
	case last != nil: // it runs
	case d.late(o) && d.met(o):
		d.note(o.entry(WasMet, "it was done meanwhile"))
	case !newest:
		d.note(o.entry(WasMissed, "nothing was there to run it before the next date came"))
	case d.late(o) && d.item.Missed == scenarios.MissedSkip:
		d.note(o.entry(WasSkipped, "nothing was there to run it in its hour"))
	default:
		d.run(o, 1)
	}
}

// lost runs an attempt again whose process died, once.
func (d *decision) lost(o Occurrence, c Claimed, newest bool) {
	e := o.entry(WasLost, "its process died")
	e.Attempt = c.Attempt
	d.note(e)
	switch {
	case c.Attempt > 1:
		d.note(o.entry(WasSkipped, "it was lost twice"))
	case d.item.Missed == scenarios.MissedSkip || !newest:
		d.note(o.entry(WasSkipped, "it was lost"))
	case d.met(o):
		d.note(o.entry(WasMet, "it was done meanwhile"))
	default:
		d.run(o, c.Attempt+1)
	}
}

// run starts it, unless it is late and this is no moment to start anything.
func (d *decision) run(o Occurrence, attempt int) {
	if _, why := d.plan.barred(d.now); why != "" && d.now.After(o.Start) {
		return // later
	}
	if d.late(o) && attempt == 1 {
		d.note(o.entry(WasLate, "nothing was there to run it in its hour"))
	}
	d.tasks = append(d.tasks, Task{o, attempt})
}

// late tells a start that was missed. One that waited for another drill was not.
func (d *decision) late(o Occurrence) bool {
	return d.now.Sub(o.Start) > Punctual && !d.logged(o.Key(), WasOverlapping)
}

// ran says how an attempt ended.
func (o Occurrence) ran(c Claimed) Entry {
	e := o.entry(Ran, "")
	e.Attempt, e.Exit = c.Attempt, &c.Exit
	return e
}

// closed tells an occurrence with which nothing is done any more.
func (d *decision) closed(k Key) bool {
	return d.logged(k, WasSkipped) || d.logged(k, WasMissed) || d.logged(k, WasMet)
}

func (d *decision) logged(k Key, what string) bool {
	return slices.ContainsFunc(d.known.Log, func(e Entry) bool { return e.Key() == k && e.What == what })
}

// attempt is the last one at an occurrence.
func (d *decision) attempt(k Key) (last *Claimed) {
	for i := range d.known.Claims {
		if c := &d.known.Claims[i]; c.Key() == k && (last == nil || c.Attempt > last.Attempt) {
			last = c
		}
	}
	return last
}

// met tells whether all that the item stands for has passed since its start.
func (d *decision) met(o Occurrence) bool {
	s := Standing{Item: o.Item}
	d.plan.prove(&s, d.known.Done, d.now)
	return s.Passed != nil && !s.Passed.At.Before(o.Start)
}
