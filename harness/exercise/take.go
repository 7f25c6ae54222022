package exercise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func join(list []string) string { return strings.Join(list, ", ") }

// find gives the place of what has an id, or an error that names those there are.
func find[T any](what, id string, list []T, idOf func(T) string) (int, error) {
	var ids []string
	for i, v := range list {
		if idOf(v) == id {
			return i, nil
		}
		ids = append(ids, idOf(v))
	}
	if len(ids) == 0 {
		return 0, fmt.Errorf("there is no %s %q: the exercise has none", what, id)
	}
	return 0, fmt.Errorf("there is no %s %q; there is: %s", what, id, join(ids))
}

func oneOf(what, value string, valid ...string) error {
	if !slices.Contains(valid, value) {
		return fmt.Errorf("%q is no %s; valid: %s", value, what, join(valid))
	}
	return nil
}

func (r *Record) takeCard(e Event, c CardAnswer) error {
	i, err := find("line of the card", c.ID, r.Card, func(a Answer) string { return a.ID })
	if err == nil {
		err = oneOf("answer", c.State, LineGo, LineNoGo, LineWaived)
	}
	if err != nil {
		return err
	}
	a := &r.Card[i]
	switch {
	case r.State != Briefed:
		return fmt.Errorf("the card is filled once the exercise is briefed, and before the go; it is %s", r.State)
	case c.State == LineWaived && c.Detail == "":
		return errors.New("a line is waived with a reason")
	case a.Machine && c.State != LineWaived && e.Role != machine:
		return fmt.Errorf("line %s is answered by maildrill itself; it can be waived, with a reason", c.ID)
	}
	a.State, a.Detail, a.By, a.At = c.State, c.Detail, e.By, &e.At
	return nil
}

func (r *Record) takeCall(e Event, c Calling) error {
	if r.RollCall == nil {
		return errors.New("nobody of this exercise has a channel: there is no roll to call")
	}
	for i, call := range r.RollCall.Calls {
		if call.Code == c.Code { // it was going out, and failed
			r.RollCall.Calls[i].Failed = c.Failed
			return nil
		}
	}
	r.RollCall.Calls = append(r.RollCall.Calls, Call{Person: c.Person, Role: c.Role, Channel: c.Channel, Code: c.Code, Sent: e.At, Failed: c.Failed})
	return nil
}

// ErrCode refuses a one-time code: it is wrong, or was used before. Which of the
// two is not said.
var ErrCode = errors.New("this code is not valid, or was used already")

func (r *Record) takeRollAnswer(e Event, c Code) error {
	if r.RollCall == nil || c.Code == "" {
		return ErrCode
	}
	for i, call := range r.RollCall.Calls {
		if call.Code == c.Code && call.Answered == nil {
			at := e.At
			r.RollCall.Calls[i].Answered, r.RollCall.Calls[i].Via = &at, e.Via
			return nil
		}
	}
	return ErrCode
}

func (r *Record) takeNotice(e Event, s Sending) error {
	i, err := find("notice", s.ID, r.Notices, func(n Notice) string { return n.ID })
	if err != nil {
		return err
	}
	n := &r.Notices[i]
	if n.When == "during" && !r.State.Playing() {
		return fmt.Errorf("notice %s is for the time of play; the exercise is %s", n.ID, r.State)
	}
	n.Failed, n.Code, n.Sent = s.Failed, s.Code, nil
	if s.Failed == "" {
		at := e.At
		n.Sent = &at
	}
	return nil
}

func (r *Record) takeNoticeAnswer(e Event, c Code) error {
	for i, n := range r.Notices {
		if c.Code != "" && n.Code == c.Code && n.Answered == nil {
			at := e.At
			r.Notices[i].Answered, r.Notices[i].AnsweredBy = &at, e.By
			return nil
		}
	}
	return ErrCode
}

// askable refuses an inject where players must not be met by one.
func (r *Record) askable(id string) (*Inject, error) {
	i, err := find("inject", id, r.Injects, func(in Inject) string { return in.ID })
	switch {
	case err != nil:
		return nil, err
	case r.State == Hold:
		return nil, errors.New("the exercise is on hold: no inject is released; resume it first")
	case r.State != Running:
		return nil, fmt.Errorf("injects are released while the exercise runs; it is %s", r.State)
	case r.Injects[i].Released != nil:
		return nil, fmt.Errorf("inject %s is released already", id)
	}
	return &r.Injects[i], nil
}

func (r *Record) takeAsked(e Event, t Target) error {
	in, err := r.askable(t.ID)
	if err == nil {
		at := e.At
		in.Asked, in.By = &at, e.By
	}
	return err
}

func (r *Record) takeReleased(e Event, rel Release) error {
	in, err := r.askable(rel.ID)
	if err != nil {
		return err
	}
	at := e.At
	in.Released, in.Failed = &at, rel.Failed
	if in.By == "" {
		in.By = e.By
	}
	if r.Scenario == "" && r.Fault == nil {
		r.Fault = &at // around a table the first inject is what happens
	}
	return nil
}

// stepResults are what may be said of a step.
var stepResults = []string{"begun", "done", "skipped", "failed"}

func (r *Record) takeStep(e Event, c StepChange) error {
	i, err := find("step", c.ID, r.Steps, func(s Step) string { return s.ID })
	if err == nil {
		err = oneOf("result of a step", c.Result, stepResults...)
	}
	if err != nil {
		return err
	}
	s := &r.Steps[i]
	switch {
	case !r.State.Playing() && r.State != Stopped:
		return fmt.Errorf("steps are done while the exercise runs; it is %s", r.State)
	case s.Ended != nil:
		return fmt.Errorf("step %s is %s already", s.ID, s.Result)
	case c.Result == "skipped" && c.Note == "":
		return errors.New("a step is skipped with a reason")
	}
	at := e.At
	if s.Began == nil {
		s.Began = &at
	}
	s.Result, s.By = c.Result, e.By
	if c.Note != "" {
		s.Note = c.Note
	}
	if c.Result != "begun" {
		s.Ended = &at
		s.Took = r.took(i)
	}
	return nil
}

// took is the time of a step since what called for it: its inject, else the end of
// the step before, else its own begin.
func (r *Record) took(i int) *float64 {
	s := r.Steps[i]
	from := *s.Began
	if i > 0 && r.Steps[i-1].Ended != nil && r.Steps[i-1].Ended.Before(*s.Ended) {
		from = *r.Steps[i-1].Ended
	}
	for _, in := range r.Injects {
		if in.ID == s.After && in.Released != nil {
			from = *in.Released
		}
	}
	took := max(0, s.Ended.Sub(from).Seconds())
	return &took
}

// marks are the milestones, in order.
var marks = []string{"detected", "declared", "restored", "verified", "normal"}

// Milestones lists the marks in their order.
func Milestones() []string { return slices.Clone(marks) }

func (r *Record) takeMark(e Event, m Milestone) error {
	switch {
	case !slices.Contains(marks, m.Kind):
		return oneOf("mark", m.Kind, marks...)
	case r.Started == nil:
		return errors.New("nothing can be marked before the start")
	}
	at, err := before(e.At, m.Ago)
	if err == nil {
		r.Marks = append(r.Marks, Mark{Kind: m.Kind, At: at, By: e.By, Role: e.Role})
	}
	return err
}

// before is a time so many seconds before another.
func before(at time.Time, ago float64) (time.Time, error) {
	if ago < 0 || ago > 24*3600 {
		return at, fmt.Errorf("%g s ago: between 0 and a day", ago)
	}
	return at.Add(-time.Duration(ago * float64(time.Second))), nil
}

// noteKinds are the kinds of notes; the first is what a note is without one.
var noteKinds = []string{"observation", "decision", "action", "milestone"}

// LongestNote bounds what one may write at once, in bytes.
const LongestNote = 16 << 10

func (r *Record) takeNote(e Event, n Remark) error {
	if n.Kind == "" {
		n.Kind = noteKinds[0]
	}
	switch {
	case !slices.Contains(noteKinds, n.Kind):
		return oneOf("kind of note", n.Kind, noteKinds...)
	case strings.TrimSpace(n.Text) == "":
		return errors.New("a note says something")
	case len(n.Text) > LongestNote:
		return fmt.Errorf("a note of %d bytes; at most %d", len(n.Text), LongestNote)
	}
	at, err := before(e.At, n.Ago)
	if err == nil {
		r.Notes = append(r.Notes, Note{At: at, By: e.By, Role: e.Role, Kind: n.Kind, Text: n.Text})
	}
	return err
}
