package programme

import (
	"slices"
	"time"

	"maildrill/scenarios"
)

// Evidence is something that was done: a drill on real servers, or an exercise.
// Simulated runs are none. It belongs to the items that stand for Name, or to
// Item alone if that is set.
type Evidence struct {
	Item   string    `json:"item,omitempty"`
	Name   string    `json:"name"` // of the scenario or the game day
	At     time.Time `json:"at"`   // when it began
	Passed bool      `json:"passed"`
	Source string    `json:"source"` // the run, the record of the exercise
	// Outdated: of an earlier version of the scenario.
	Outdated bool `json:"outdated,omitempty"`
}

// State is how an item stands.
type State string

// States, the worst first.
const (
	Overdue State = "OVERDUE" // its date and its grace are past, and nothing proves it
	Due     State = "DUE"     // its date has come
	Stale   State = "STALE"   // nothing is due, but what proved it does not hold any more
	Skipped State = "SKIPPED" // its last date did not take place, as is recorded
	Never   State = "NEVER"   // never proven, and not due yet
	Fresh   State = "FRESH"
)

// States lists all of them.
var States = []State{Overdue, Due, Stale, Skipped, Never, Fresh}

// Standing is how one item stands.
type Standing struct {
	Item    string `json:"item"`
	Title   string `json:"title,omitempty"`
	Subject string `json:"subject"`
	Owner   string `json:"owner"`
	Manual  bool   `json:"manual"`
	State   State  `json:"state"`
	Why     string `json:"why"`
	// Passed is the newest evidence that passed; of a suite that of the member
	// whose evidence is the oldest. Nil: there is none.
	Passed  *Evidence `json:"last_passed"`
	AgeDays float64   `json:"age_days,omitempty"`
	// Last is the newest evidence, passed or not.
	Last *Evidence `json:"last"`
	// Missing are members of a suite that never passed.
	Missing []string `json:"missing,omitempty"`
	// Due is the first date that nothing proves, Overdue when that is overdue;
	// zero: the programme has none left.
	Due     time.Time `json:"due,omitzero"`
	Window  *Window   `json:"window,omitempty"`
	Overdue time.Time `json:"overdue,omitzero"`

	// stale is why what passed does not hold any more.
	stale string

	Causes      []string `json:"causes,omitempty"`
	Mitigations []string `json:"mitigations,omitempty"`
	Controls    []string `json:"controls,omitempty"`
}

// Status tells how every item stands, in the order of the file. It looks at the
// programme and at what was done. The log of the scheduler only explains: it makes
// nothing less overdue.
func (p *Plan) Status(done []Evidence, log []Entry, now time.Time) (all []Standing) {
	for _, it := range p.file.Items {
		s := Standing{Item: it.ID, Title: it.Title, Subject: it.Subject(), Owner: p.file.OwnerOf(it), Manual: it.Manual(),
			Causes: it.Causes, Mitigations: it.Mitigations, Controls: it.Controls}
		p.prove(&s, done, now)
		p.judge(&s, it, log, now)
		all = append(all, s)
	}
	return all
}

// prove finds the evidence of an item.
func (p *Plan) prove(s *Standing, done []Evidence, now time.Time) {
	complete := true
	for _, name := range p.names[s.Item] {
		var passed, last *Evidence
		for _, e := range done {
			if e.At.After(now) || e.Item != "" && e.Item != s.Item || e.Item == "" && e.Name != name {
				continue
			}
			last = newer(last, e)
			if e.Passed {
				passed = newer(passed, e)
			}
		}
		if last != nil {
			s.Last = newer(s.Last, *last)
		}
		switch {
		case passed != nil && !last.Passed:
			s.stale = last.Source + " did not pass since"
		case passed != nil && passed.Outdated:
			s.stale = "what passed was an earlier version of " + name
		}
		switch {
		case passed == nil:
			complete = false
			s.Missing = append(s.Missing, name)
		case s.Passed == nil || passed.At.Before(s.Passed.At):
			s.Passed = passed
		}
	}
	if !complete {
		s.Passed = nil
	}
	if s.Passed == nil {
		return
	}
	s.AgeDays = now.Sub(s.Passed.At).Hours() / 24
}

func newer(than *Evidence, e Evidence) *Evidence {
	if than == nil || e.At.After(than.At) {
		return &e
	}
	return than
}

func (p *Plan) judge(s *Standing, it scenarios.ProgrammeItem, log []Entry, now time.Time) {
	due := p.unproven(it, s.Passed)
	if due != nil {
		s.Due, s.Window, s.Overdue = due.Begin(), due.Window, due.Overdue
	}
	skipped := p.skipped(it.ID, s.Passed, now)
	switch {
	case due != nil && !now.Before(due.Overdue):
		s.State, s.Why = Overdue, "nothing proves its date of "+day(due.Begin(), p.zone)
	case due != nil && !now.Before(due.Begin()):
		s.State, s.Why = Due, "its date was "+day(due.Begin(), p.zone)
		if e := explained(log, due.Key()); e != nil {
			s.State, s.Why = Skipped, e.Why
		}
	case s.Passed != nil && s.stale != "":
		s.State, s.Why = Stale, s.stale
	case skipped != nil:
		s.State, s.Why = Skipped, skipped.Skipped
	case s.Passed == nil:
		s.State, s.Why = Never, "never passed on real servers"
		if s.Manual {
			s.Why = "never held"
		}
	default:
		s.State, s.Why = Fresh, "passed: "+s.Passed.Source
	}
}

// unproven is the first date that takes place and that no evidence proves.
func (p *Plan) unproven(it scenarios.ProgrammeItem, passed *Evidence) *Occurrence {
	before := time.Time{}
	for _, o := range p.of(it.ID) {
		if o.Skipped != "" {
			continue
		}
		if passed == nil || passed.At.Before(o.Begin().Add(-early(it, before, o.Begin()))) {
			return &o
		}
		before = o.Begin()
	}
	return nil
}

// early is how long before a date something may be done and still count for it:
// no longer than it may be late, and nearer to this date than to the one before.
func early(it scenarios.ProgrammeItem, before, at time.Time) time.Duration {
	grace := time.Duration(it.GraceDays()) * 24 * time.Hour
	if before.IsZero() {
		return grace
	}
	return min(grace, at.Sub(before)/2)
}

// skipped is the last date before now if it did not take place and nothing was
// done since.
func (p *Plan) skipped(item string, passed *Evidence, now time.Time) (last *Occurrence) {
	for _, o := range p.of(item) {
		if !o.planned.After(now) {
			last = &o
		}
	}
	if last == nil || last.Skipped == "" || passed != nil && !passed.At.Before(last.planned) {
		return nil
	}
	return last
}

// explained finds what the scheduler said of a date that it will not run.
func explained(log []Entry, k Key) *Entry {
	i := slices.IndexFunc(log, func(e Entry) bool { return e.Key() == k && e.What == WasSkipped })
	if i < 0 {
		return nil
	}
	return &log[i]
}

func day(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }
