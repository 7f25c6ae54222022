package campaign

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// inquiry is one failing schedule that is being made smaller.
type inquiry struct {
	*search
	ctx   context.Context // of this inquiry alone: it ends with the call that made it
	class string
	rate  Rate // of the smallest so far

	mu     sync.Mutex
	trials int
	most   int  // trials that may be made now
	cut    bool // there was no time or no trial left
}

// investigate runs a failing schedule again, makes it as small as it can be, and
// measures how often the smallest fails. One schedule is looked into at a time, by
// all jobs.
func (s *search) investigate(ctx context.Context, t Tried, class string) {
	s.opened(1)
	defer s.opened(-1)
	s.inquiry.Lock()
	defer s.inquiry.Unlock()
	if s.explained(t.Schedule) { // by what was found meanwhile
		return
	}
	f := &Finding{Class: class, Missed: t.Outcome.Missed, First: t.Schedule, Minimal: t.Schedule, State: NotShrunk, Runs: []string{t.Outcome.Run}}
	if !s.enough() {
		q := &inquiry{search: s, ctx: ctx, class: class, most: s.MostTrials}
		q.follow(f)
	}
	s.keep(f)
}

func (s *search) opened(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
	s.resolved.Broadcast()
}

// explained notes a schedule under the finding that it contains.
func (s *search) explained(schedule Schedule) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.known, func(f *Finding) bool { return f.explains(schedule) })
	if i >= 0 {
		s.known[i].Also = append(s.known[i].Also, schedule.N)
	}
	return i >= 0
}

// enough tells whether there are as many findings as are made smaller.
func (s *search) enough() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.known) >= s.MostFindings
}

func (q *inquiry) follow(f *Finding) {
	q.rate, _ = q.measure(f.First, 3)
	if q.rate.Failed < q.rate.Runs && !q.over() { // it is flaky: look longer
		more, _ := q.measure(f.First, q.Confirm)
		q.rate = Rate{q.rate.Failed + more.Failed, q.rate.Runs + more.Runs}
	}
	f.Rate, f.State, f.Trials = q.rate, Minimal, q.trials
	switch {
	case q.rate.Failed == 0 && q.over():
		f.State = CutByBudget
		return
	case q.rate.Failed == 0:
		f.State = NotReproduced
		return
	}
	q.most = q.MostTrials - q.Confirm // those are for the rate
	f.Minimal = shrinker{fails: q.fails, over: q.over}.shrink(f.First)
	if q.over() {
		f.State = CutByBudget
	}
	// Runs of the search do not count: those stopped at the first failure.
	q.most, q.cut = q.MostTrials, false
	if r, runs := q.measure(f.Minimal, q.Confirm); r.Runs > 0 {
		f.Rate, f.Runs = r, runs
	}
	f.Trials = q.trials
}

// measure runs a schedule so often, and counts the failures of the class.
// Runs without a conclusion say nothing.
func (q *inquiry) measure(s Schedule, n int) (r Rate, failed []string) {
	for _, out := range q.together(s, n) {
		if !out.conclusive() {
			continue
		}
		r.Runs++
		if out.in(q.class) {
			r.Failed++
			failed = append(failed, out.Run)
		}
	}
	return r, failed
}

// fails tries a candidate as often as the rate of the last one asks for, and
// stops when it has failed in the class.
func (q *inquiry) fails(s Schedule) bool {
	q.Say(fmt.Sprintf("%s  smaller? %s", s.Label(), s))
	for left := q.rate.repeats(); left > 0 && !q.over(); left -= q.Jobs {
		if slices.ContainsFunc(q.together(s, min(left, q.Jobs)), func(o Outcome) bool { return o.in(q.class) }) {
			return true
		}
	}
	return false
}

// together runs a schedule so often, as many at the same time as there are jobs.
func (q *inquiry) together(s Schedule, n int) []Outcome {
	outs := make([]Outcome, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { outs[i] = q.once(s) })
	}
	wg.Wait()
	return outs
}

// once runs a schedule if there is time for it. The zero outcome has no
// conclusion, and so does one that was cut off.
func (q *inquiry) once(s Schedule) Outcome {
	plan, err := q.Base.Compile(s)
	trial := q.allowed()
	if err != nil || trial == 0 {
		return Outcome{}
	}
	q.search.mu.Lock()
	affordable := q.affords(s, plan) && q.ended != EndDirty && q.ended != EndError
	q.search.mu.Unlock()
	ran := false
	var out Outcome
	if affordable {
		out, ran = q.run(q.ctx, s, plan, trial)
	}
	if !ran {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.cut = true
		return Outcome{}
	}
	return out
}

// allowed takes one of the trials; 0: there are no more.
func (q *inquiry) allowed() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cut || q.ctx.Err() != nil || q.trials >= q.most {
		q.cut = true
		return 0
	}
	q.trials++
	return q.trials
}

func (q *inquiry) over() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.cut || q.ctx.Err() != nil
}

// keep adds a finding, or says of one that it was found again.
func (s *search) keep(f *Finding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.known, func(k *Finding) bool { return k.same(*f) }); i >= 0 {
		f, s.known[i].Also = s.known[i], append(s.known[i].Also, f.First.N)
	} else {
		s.known = append(s.known, f)
		f.N = len(s.known)
		if src, err := s.Base.File(*f, s.Seed); err == nil {
			f.Source = string(src)
		} else {
			s.err = fmt.Errorf("write finding %d: %w", f.N, err)
		}
	}
	s.Say(fmt.Sprintf("finding %d (%s): %s; reproduction rate %s", f.N, f.Class, f.Minimal, f.Rate))
	s.tell(s.Found != nil, func() error { return s.Found(f) })
	if s.StopAt > 0 && len(s.known) >= s.StopAt {
		s.finish(EndFound)
	}
}
