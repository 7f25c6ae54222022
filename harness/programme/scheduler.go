package programme

import (
	"context"
	"fmt"
	"time"

	"maildrill/scenarios"
)

// Scheduler starts what its plan says, and writes down what became of it.
// Several may use one folder: each date is run by one of them.
type Scheduler struct {
	Plan   *Plan
	Folder *Folder
	// Run runs a drill and gives its exit code.
	Run func(ctx context.Context, it scenarios.ProgrammeItem, t Task) int
	// Done lists what was done so far.
	Done func(ctx context.Context) ([]Evidence, error)
	// Now is the clock on the wall; it may jump.
	Now func() time.Time
	// Tell says what happens, for people; nil: nobody listens.
	Tell func(text string)
	// Poll is how often the clock is looked at again; 0: once a minute. A clock that
	// jumps is noticed then.
	Poll time.Duration

	codes   []int
	running int
	ended   chan outcome
}

// outcome is how an attempt ended.
type outcome struct {
	task Task
	exit int
	err  error
}

// Once starts what is due now and returns when it is over, with the exit codes of
// the drills.
func (s *Scheduler) Once(ctx context.Context) (codes []int, err error) {
	err = s.loop(ctx, false)
	return s.codes, err
}

// Serve goes on until the context ends, and then waits for the drills that run.
func (s *Scheduler) Serve(ctx context.Context) error { return s.loop(ctx, true) }

func (s *Scheduler) loop(ctx context.Context, stay bool) error {
	s.ended, s.codes = make(chan outcome), nil
	for {
		waiting, err := s.step(ctx)
		if err != nil || s.running == 0 && (ctx.Err() != nil || !stay && !waiting) {
			return s.drain(err)
		}
		if s.running == 0 && !stay { // another scheduler has the places
			return nil
		}
		if err := s.wait(ctx); err != nil {
			return s.drain(err)
		}
	}
}

// step starts what is due, as far as there are places. waiting tells that
// something has none.
func (s *Scheduler) step(ctx context.Context) (waiting bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	known, err := s.known()
	if err != nil {
		return false, err
	}
	tasks, notes := s.Plan.Decide(known, s.Now())
	if len(tasks)+len(notes) > 0 { // it matters what was done by hand, and costs a look
		if known.Done, err = s.Done(ctx); err != nil {
			return false, err
		}
		tasks, notes = s.Plan.Decide(known, s.Now())
	}
	if err := s.record(notes...); err != nil {
		return false, err
	}
	for _, t := range tasks {
		began, err := s.Folder.begin(t, s.Plan.file.Together, s.Now())
		if err != nil {
			return false, err
		}
		switch {
		case began.claim != nil:
			s.start(ctx, t, began)
		case began.full:
			waiting = true
			if err := s.record(t.entry(WasOverlapping, "another drill runs")); err != nil {
				return false, err
			}
		}
	}
	return waiting, nil
}

func (s *Scheduler) known() (k Known, err error) {
	if k.Claims, err = s.Folder.Claims(); err != nil {
		return k, err
	}
	k.Log, err = s.Folder.Log()
	return k, err
}

// start runs an attempt that is claimed.
func (s *Scheduler) start(ctx context.Context, t Task, began beginning) {
	it, _ := s.Plan.file.Item(t.Item)
	s.tell("%s: starts %s, planned for %s", t.Item, it.Subject(), t.Planned)
	s.running++
	go func() {
		exit := s.Run(ctx, it, t)
		err := began.claim.End(s.Now(), exit)
		began.free() // before anybody looks for a place
		s.ended <- outcome{t, exit, err}
	}()
}

// wait sleeps until a drill ends, something new begins, or the clock is to be
// looked at.
func (s *Scheduler) wait(ctx context.Context) error {
	timer := time.NewTimer(s.pause())
	defer timer.Stop()
	done := ctx.Done()
	if ctx.Err() != nil {
		done = nil // only the drills that run are waited for
	}
	select {
	case o := <-s.ended:
		return s.over(o)
	case <-timer.C:
	case <-done:
	}
	return nil
}

// pause is the time until something new begins, but never longer than Poll.
func (s *Scheduler) pause() time.Duration {
	poll := s.Poll
	if poll <= 0 {
		poll = time.Minute
	}
	now := s.Now()
	if next, ok := s.Plan.wakes(now); ok && next.Sub(now) < poll {
		return next.Sub(now)
	}
	return poll
}

// wakes is the first moment after now at which a machine has something to start.
func (p *Plan) wakes(now time.Time) (first time.Time, ok bool) {
	for _, o := range p.all {
		if o.Skipped == "" && o.Start.After(now) && (!ok || o.Start.Before(first)) {
			first, ok = o.Start, true
		}
	}
	return first, ok
}

func (s *Scheduler) over(o outcome) error {
	s.running--
	s.codes = append(s.codes, o.exit)
	if err := s.record(o.task.ran(Claimed{Attempt: o.task.Attempt, Exit: o.exit})); err != nil {
		return err
	}
	return o.err
}

// drain waits for the drills that run, whatever else went wrong.
func (s *Scheduler) drain(err error) error {
	for s.running > 0 {
		if failed := s.over(<-s.ended); err == nil {
			err = failed
		}
	}
	return err
}

// record writes to the log and tells what is new there.
func (s *Scheduler) record(entries ...Entry) error {
	fresh, err := s.Folder.Record(s.Now(), entries...)
	for _, e := range fresh {
		switch {
		case e.Exit != nil:
			s.tell("%s: ended with exit code %d, planned for %s", e.Item, *e.Exit, e.Planned)
		default:
			s.tell("%s: %s, planned for %s: %s", e.Item, e.What, e.Planned, e.Why)
		}
	}
	return err
}

func (s *Scheduler) tell(format string, args ...any) {
	if s.Tell != nil {
		s.Tell(fmt.Sprintf(format, args...))
	}
}
