package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"maildrill/harness/exercise"
)

// fake is a board in memory, which plays the leader too: what is asked for happens
// at once.
type fake struct {
	mu     sync.Mutex
	record exercise.Record
	events []exercise.Event
	live   *exercise.Live
	moved  chan struct{}
	broken error
	views  int
}

func newFake(state exercise.State) *fake {
	f := &fake{record: sample(state), moved: make(chan struct{})}
	if state.Playing() {
		f.live = sampleLive()
	}
	return f
}

func (f *fake) View() (exercise.Record, []exercise.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views++
	if f.broken != nil {
		return exercise.Record{}, nil, f.broken
	}
	return copied(f.record), slices.Clone(f.events), nil
}

// copied is deep, as a fold of the log would be.
func copied[T any](v T) (c T) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		panic(err)
	}
	return c
}

func (f *fake) Live() (*exercise.Live, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return copied(f.live), nil
}

func (f *fake) Changed(ctx context.Context, since int) error {
	f.mu.Lock()
	n, moved := len(f.events), f.moved
	f.mu.Unlock()
	if n > since {
		return nil
	}
	select {
	case <-moved:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell wakes those who wait for a change. The lock is held.
func (f *fake) tell() {
	close(f.moved)
	f.moved = make(chan struct{})
}

// change comes with an event, as every change of a record does: who looked before it
// and waits after it would not know of it otherwise.
func (f *fake) change(do func(*exercise.Record)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do(&f.record)
	f.events = append(f.events, exercise.Event{N: len(f.events) + 1, At: time.Now().UTC()})
	f.tell()
}

func (f *fake) Do(who exercise.Actor, kind string, data any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.apply(who, kind, data, time.Now().UTC()); err != nil {
		return err
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	f.events = append(f.events, exercise.Event{N: len(f.events) + 1, At: time.Now().UTC(), By: who.Name, Role: who.Role, Via: who.Via, Kind: kind, Data: raw})
	f.tell()
	return nil
}

func (f *fake) apply(who exercise.Actor, kind string, data any, now time.Time) error {
	r := &f.record
	switch d := data.(type) {
	case exercise.Move:
		return f.move(who, d, now)
	case exercise.Remark:
		r.Notes = append(r.Notes, exercise.Note{At: now.Add(-seconds(d.Ago)), By: who.Name, Role: who.Role, Kind: d.Kind, Text: d.Text})
	case exercise.Milestone:
		r.Marks = append(r.Marks, exercise.Mark{Kind: d.Kind, At: now.Add(-seconds(d.Ago)), By: who.Name})
	case exercise.StepChange:
		i := slices.IndexFunc(r.Steps, func(s exercise.Step) bool { return s.ID == d.ID })
		if i < 0 {
			return fmt.Errorf("there is no step %q", d.ID)
		}
		r.Steps[i].Result, r.Steps[i].By, r.Steps[i].Note = d.Result, who.Name, d.Note
	case exercise.CardAnswer:
		i := slices.IndexFunc(r.Card, func(a exercise.Answer) bool { return a.ID == d.ID })
		if i < 0 {
			return fmt.Errorf("there is no line %q", d.ID)
		}
		r.Card[i].State, r.Card[i].By, r.Card[i].Detail = d.State, who.Name, d.Detail
	case exercise.Target:
		i := slices.IndexFunc(r.Injects, func(i exercise.Inject) bool { return i.ID == d.ID })
		if i < 0 || r.Injects[i].Released != nil {
			return fmt.Errorf("the inject %q cannot be released", d.ID)
		}
		r.Injects[i].Asked, r.Injects[i].Released, r.Injects[i].By = &now, &now, who.Name
		if r.Fault == nil {
			r.Fault = &now
		}
	case exercise.Code:
		return f.answered(d.Code, now)
	case exercise.HotWash:
		r.HotWash = append(r.HotWash, d)
	}
	return nil
}

func (f *fake) answered(code string, now time.Time) error {
	for i := range f.record.RollCall.Calls {
		if c := &f.record.RollCall.Calls[i]; c.Code == code && c.Answered == nil {
			c.Answered, c.Via = &now, "console"
			return nil
		}
	}
	for i := range f.record.Notices {
		if n := &f.record.Notices[i]; n.Code == code && n.Answered == nil {
			n.Answered = &now
			return nil
		}
	}
	return errors.New("the code was used before")
}

var follows = map[exercise.State][]exercise.State{
	exercise.Draft: {exercise.Approved}, exercise.Approved: {exercise.Briefed}, exercise.Briefed: {exercise.Go, exercise.Approved},
	exercise.Go: {exercise.Running, exercise.Stopped}, exercise.Running: {exercise.Hold, exercise.Stopped, exercise.Recovered},
	exercise.Hold: {exercise.Running, exercise.Stopped, exercise.Recovered}, exercise.Stopped: {exercise.Recovered},
	exercise.Recovered: {exercise.Debrief}, exercise.Debrief: {exercise.Signed}, exercise.Signed: {exercise.Closed},
}

func (f *fake) move(who exercise.Actor, m exercise.Move, now time.Time) error {
	r := &f.record
	if !slices.Contains(follows[r.State], m.To) {
		return &exercise.StateError{From: r.State, To: m.To}
	}
	r.Transitions = append(r.Transitions, exercise.Transition{At: now, From: r.State, To: m.To, By: who.Name, Role: who.Role, Why: m.Why})
	r.State, r.HeldSince = m.To, nil
	switch m.To {
	case exercise.Running:
		if r.Started == nil {
			r.Started = &now
			f.live = sampleLive()
		}
	case exercise.Hold:
		r.HeldSince = &now
	case exercise.Stopped:
		r.Ended, f.live = &now, nil
	}
	return nil
}

// shelf is one in memory.
type shelf struct {
	exercises []exercise.Record
	programme []Row
	trends    []Trend
}

func (s *shelf) Exercises() ([]exercise.Record, error) { return s.exercises, nil }
func (s *shelf) Programme() ([]Row, error)             { return s.programme, nil }
func (s *shelf) Trends() ([]Trend, error)              { return s.trends, nil }
func (s *shelf) Report(id, format string) ([]byte, error) {
	return []byte("<!DOCTYPE html><html lang=en><title>Report</title><h1>After-action report of " + id + "</h1><p>Mail flowed again after 3:41.</p><script>document.title='pwned'</script></html>"), nil
}
