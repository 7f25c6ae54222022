package campaign

import (
	"context"
	"fmt"
	"slices"
)

// inquiry is one failing schedule that is being made smaller.
type inquiry struct {
	*search
	ctx    context.Context // of this inquiry alone: it ends with the call that made it
	class  string
	trials int
	most   int  // trials that may be made now
	rate   Rate // of the smallest so far
	cut    bool // there was no time or no trial left
	runs   []string
}

// investigate runs a failing schedule again, makes it as small as it can be, and
// measures how often the smallest fails.
func (s *search) investigate(ctx context.Context, t Tried, class string) {
	f := &Finding{Class: class, Missed: t.Outcome.Missed, First: t.Schedule, Minimal: t.Schedule, State: NotShrunk, Runs: []string{t.Outcome.Run}}
	if !s.enough() {
		q := &inquiry{search: s, ctx: ctx, class: class, most: s.MostTrials}
		q.follow(f)
	}
	s.keep(f)
}

// enough tells whether there are as many findings as are made smaller.
func (s *search) enough() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.known) >= s.MostFindings
}

func (q *inquiry) follow(f *Finding) {
	q.rate = q.measure(f.First, 3)
	if q.rate.Failed < q.rate.Runs && !q.over() { // it is flaky: look longer
		more := q.measure(f.First, q.Confirm)
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
	q.most, q.runs, q.cut = q.MostTrials, nil, false
	// Runs of the search do not count: those stopped at the first failure.
	if r := q.measure(f.Minimal, q.Confirm); r.Runs > 0 {
		f.Rate = r
	}
	f.Trials = q.trials
	if len(q.runs) > 0 {
		f.Runs = q.runs
	}
}

// measure runs a schedule so often, and counts the failures of the class.
// Inconclusive runs say nothing, and are not made again.
func (q *inquiry) measure(s Schedule, n int) (r Rate) {
	for range n {
		out, ran := q.once(s)
		if !ran {
			break
		}
		if !out.conclusive() {
			continue
		}
		r.Runs++
		if out.in(q.class) {
			r.Failed++
			q.runs = append(q.runs, out.Run)
		}
	}
	return r
}

// fails tries a candidate as often as the rate of the last one asks for, and
// stops at the first failure of the class.
func (q *inquiry) fails(s Schedule) bool {
	q.Say(fmt.Sprintf("#%d  smaller? %s", s.N, s))
	for range q.rate.repeats() {
		out, ran := q.once(s)
		if !ran || out.in(q.class) {
			return ran
		}
	}
	return false
}

// once runs a schedule if there is time for it; one that cannot be run does not
// fail.
func (q *inquiry) once(s Schedule) (Outcome, bool) {
	plan, err := q.Base.Compile(s)
	if err != nil || q.cut {
		return Outcome{}, false
	}
	q.mu.Lock()
	affordable := q.affords(s, plan) && q.ctx.Err() == nil && q.ended != EndDirty && q.ended != EndError
	q.mu.Unlock()
	if !affordable || q.trials >= q.most {
		q.cut = true
		return Outcome{}, false
	}
	q.trials++
	out, ran := q.run(q.ctx, s, plan, q.trials)
	q.cut = q.cut || !ran
	return out, ran
}

func (q *inquiry) over() bool { return q.cut || q.ctx.Err() != nil }

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
	s.Say(fmt.Sprintf("finding %d (%s): %s; failed %s", f.N, f.Class, f.Minimal, f.Rate))
	s.tell(s.Found != nil, func() error { return s.Found(f) })
}
