package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"maildrill/harness/planning"
	"maildrill/harness/record"
)

// Config is a campaign.
type Config struct {
	Base   *Base
	Runner Runner
	Seed   uint64
	Budget time.Duration
	// Reserve is the part of the budget that reverting and taking down may need when
	// a drill is cut off.
	Reserve time.Duration
	Jobs    int // drills at the same time
	// Confirm is how often a finding is run again for its rate. 0: 5.
	Confirm int
	// MostTrials bounds the drills that one finding takes. 0: 80.
	MostTrials int
	// StopAt ends the campaign after so many findings. 0: it goes on.
	StopAt int
	// MostFindings bounds those that are made smaller. 0: 10.
	MostFindings int
	// Before is what an earlier part of this campaign did.
	Before Journal

	// Say is told in plain words what is tried; Tried and Found are told of results,
	// one after the other. An error ends the campaign. Nil is allowed.
	Say   func(string)
	Tried func(Tried) error
	Found func(*Finding) error
}

// Journal is what a campaign did, as far as it came.
type Journal struct {
	Tried    []Tried
	Findings []*Finding
}

// search is a campaign that runs.
type search struct {
	Config
	began, deadline time.Time

	mu       sync.Mutex
	gen      *Generator
	report   Report
	known    []*Finding
	done     map[int]bool // schedules that an earlier part has tried
	overhead []time.Duration
	ended    string
	err      error
	stop     context.CancelFunc

	slots    chan struct{} // one for each drill that runs
	inquiry  sync.Mutex    // of one failing schedule after the other
	open     int           // inquiries that are on or wait
	resolved *sync.Cond    // on mu: open fell
}

// Search tries schedules until the budget is used up, everything was tried, or ctx
// ends. The report is complete in every case; the error is what ended it early.
func Search(ctx context.Context, c Config) (Report, error) {
	s := &search{Config: c, began: time.Now(), done: map[int]bool{}}
	s.defaults()
	s.deadline = s.began.Add(c.Budget - c.Reserve)
	s.slots, s.resolved = make(chan struct{}, s.Jobs), sync.NewCond(&s.mu)
	places, left := c.Base.Places()
	if len(places) == 0 {
		return Report{}, errors.New("no fault fits: " + whyNone(left))
	}
	s.gen = NewGenerator(c.Base, places, c.Seed)
	s.report = Report{Scenario: c.Base.Name(), Topology: c.Base.topology.Metadata.Name, Mode: c.Base.options.Mode, Seed: c.Seed,
		Budget: c.Budget, Places: len(places), LeftOut: left}
	s.resume()
	play, stop := context.WithDeadline(ctx, s.deadline)
	s.stop = stop
	defer stop()
	var wg sync.WaitGroup
	for range s.Jobs {
		wg.Go(func() { s.work(play) })
	}
	wg.Wait()
	return s.end(ctx)
}

func whyNone(left []LeftOut) string {
	if len(left) == 0 {
		return "no kind of that name"
	}
	return left[0].Fault + ": " + left[0].Why
}

func (s *search) defaults() {
	fill := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	fill(&s.Jobs, 1)
	fill(&s.Confirm, 5)
	fill(&s.MostTrials, 80)
	fill(&s.MostFindings, 10)
	if s.Say == nil {
		s.Say = func(string) {}
	}
}

// resume takes over what an earlier part did.
func (s *search) resume() {
	for _, t := range s.Before.Tried {
		s.done[t.Schedule.N] = true
		s.report.add(t)
	}
	s.known = slices.Clone(s.Before.Findings)
}

func (s *search) end(ctx context.Context) (Report, error) {
	s.report.Took, s.report.Findings = time.Since(s.began), s.known
	switch {
	case s.ended != "":
		s.report.Ended = s.ended
	case ctx.Err() != nil:
		s.report.Ended = EndInterrupted
	default:
		s.report.Ended = EndComplete
	}
	s.report.sort()
	return s.report, s.err
}

// work tries one schedule after the other.
func (s *search) work(ctx context.Context) {
	for ctx.Err() == nil {
		family, schedule, plan, ok := s.next()
		if !ok {
			return
		}
		s.Say(fmt.Sprintf("%s  %s", schedule.Label(), schedule))
		out, ran := s.run(ctx, schedule, plan, 0)
		if !ran {
			return
		}
		t := Tried{Family: family, Schedule: schedule, Outcome: out}
		if !s.note(t) {
			return
		}
		if class := out.class(); class != "" {
			s.investigate(ctx, t, class)
		}
	}
}

// next gives the next schedule that was not tried, that no finding explains, and
// that there is time for.
func (s *search) next() (family string, schedule Schedule, plan *planning.Plan, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.open > 0 { // what was found comes before what may be found
		s.resolved.Wait()
	}
	for s.ended == "" {
		if s.Base.options.Pairs && time.Until(s.deadline) < s.Budget/2 { // the other half is for what single faults cannot show
			s.gen.Skip(Singles)
		}
		if schedule, ok = s.gen.Next(); !ok {
			return "", schedule, nil, false
		}
		family = s.gen.Family()
		if s.done[schedule.N] {
			continue
		}
		if slices.ContainsFunc(s.known, func(f *Finding) bool { return f.explains(schedule) }) {
			s.report.counted(family).Explained++
			continue
		}
		var err error
		if plan, err = s.Base.Compile(schedule); err != nil {
			continue // two strengths that fit alone; the generator has asked for the others
		}
		if !s.affords(schedule, plan) {
			s.finish(EndBudget)
			return "", schedule, nil, false
		}
		return family, schedule, plan, true
	}
	return "", schedule, nil, false
}

// affords tells whether a drill of the schedule would be over in time. What it
// takes beside its phases is known from those before.
func (s *search) affords(schedule Schedule, plan *planning.Plan) bool {
	return time.Until(s.deadline) > s.expected(schedule, plan)
}

func (s *search) expected(schedule Schedule, plan *planning.Plan) time.Duration {
	return phases(schedule, plan) + mean(s.overhead)
}

func phases(schedule Schedule, plan *planning.Plan) time.Duration {
	ph := plan.Scenario.Phases
	return time.Duration(ph.Baseline+ph.Observe) + schedule.Span()
}

func mean(all []time.Duration) (sum time.Duration) {
	for _, d := range all {
		sum += d
	}
	return sum / time.Duration(max(1, len(all)))
}

// run plays a schedule; false: it was cut off, or could not be run, and the
// campaign is over. One without a conclusion is played once more: a busy host
// spoils drills. It stays counted.
func (s *search) run(ctx context.Context, schedule Schedule, plan *planning.Plan, repeat int) (Outcome, bool) {
	out, ran := s.play(ctx, schedule, plan, fmt.Sprint(repeat))
	if !ran || out.conclusive() {
		return out, ran
	}
	s.mu.Lock()
	again := s.affords(schedule, plan)
	if again {
		s.report.Reruns++
	}
	s.mu.Unlock()
	if !again {
		return out, true
	}
	return s.play(ctx, schedule, plan, fmt.Sprint(repeat, " again"))
}

func (s *search) play(ctx context.Context, schedule Schedule, plan *planning.Plan, repeat string) (Outcome, bool) {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	seed := stream(s.Seed, fmt.Sprintf("load %d %s", schedule.N, repeat)).Int64N(1 << 31)
	out, err := s.Runner.Run(ctx, Trial{Schedule: schedule, Plan: plan, Seed: seed})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Trials++
	switch {
	case out.Dirty:
		s.finish(EndDirty)
		return out, false
	case ctx.Err() != nil && !out.conclusive():
		if !time.Now().Before(s.deadline) {
			s.finish(EndBudget)
		}
		return out, false
	case err != nil:
		s.err = errors.Join(s.err, fmt.Errorf("run schedule %s: %w", schedule.Label(), err))
		s.finish(EndError)
		return out, false
	}
	s.overhead = append(s.overhead, max(0, out.Took-phases(schedule, plan)))
	return out, true
}

// finish ends the campaign; the first reason counts. s.mu is held. Drills that run
// go on when only the time for new ones is over.
func (s *search) finish(why string) {
	if s.ended == "" {
		s.ended = why
	}
	if why != EndBudget {
		s.stop()
	}
}

// note writes down what a schedule showed.
func (s *search) note(t Tried) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.add(t)
	s.Say(fmt.Sprintf("%s  %s", t.Schedule.Label(), ending(t.Outcome)))
	return s.tell(s.Tried != nil, func() error { return s.Tried(t) })
}

func (s *search) tell(wanted bool, tell func() error) bool {
	if !wanted {
		return true
	}
	if err := tell(); err != nil {
		s.err = errors.Join(s.err, err)
		s.finish(EndError)
		return false
	}
	return true
}

func ending(o Outcome) string {
	switch {
	case o.class() != "":
		return "FAILED: " + strings.Join(o.Missed, ", ")
	case o.Verdict == record.Passed:
		return "survived"
	}
	return string(o.Verdict) + ": " + o.Brief()
}
