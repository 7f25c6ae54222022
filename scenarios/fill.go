package scenarios

import (
	"maps"
	"slices"
	"time"
)

// FilterMark is the header field that the drill's own filter adds to what it has
// looked at.
const FilterMark = "X-Filtered-By"

// Fill writes every default that the file left out, so that the scenario as
// run can be replayed by a later maildrill whose defaults may differ. It is
// idempotent.
func (s *Scenario) Fill() {
	set(&s.APIVersion, APIVersion)
	set(&s.Kind, "Scenario")
	set(&s.Clock, "drill")
	s.Workload.fill()
	set(&s.Phases.Baseline, seconds(15))
	set(&s.Phases.Observe, seconds(60))
	set(&s.Phases.Drain, seconds(120))
	s.Probes.fill(s.Clock)
	set(&s.Trials.N, 1)
	set(&s.Trials.Stop, StopNone)
	s.Timeline = filledSteps(s.Timeline)
	if u := s.Objectives.Unfiltered; u != nil {
		marked := *u // what the pointer leads to belongs to the document
		set(&marked.Mark, FilterMark)
		s.Objectives.Unfiltered = &marked
	}
	s.Cycles = maps.Clone(s.Cycles) // the caller keeps what was written
	for name, c := range s.Cycles {
		set(&c.From, "baseline")
		s.Cycles[name] = c
	}
}

// filledSteps are a copy: the caller keeps what was written.
func filledSteps(steps []Step) []Step {
	steps = slices.Clone(steps)
	for i := range steps {
		if s := &steps[i]; s.Action != "" && s.Timeout == nil {
			limit := seconds(60)
			s.Timeout = &limit
		}
	}
	return steps
}

func (w *Workload) fill() {
	if !w.idle {
		set(&w.Rate, 10)
	}
	set(&w.Arrivals, "poisson")
	set(&w.Mailboxes, 10)
	set(&w.Recipients, 1)
	set(&w.Entry, "mx")
	set(&w.TLS, "none")
	set(&w.Sessions, 100)
	set(&w.PerConnection, 1)
	if len(w.Sizes) == 0 {
		w.Sizes = []Size{1 << 10, 8 << 10, 64 << 10}
	}
	if w.Stored != nil {
		w.Stored = w.Stored.filled()
	}
}

// filled is a copy: what the pointer leads to belongs to the document.
func (s Stored) filled() *Stored {
	set(&s.Messages, 40)
	set(&s.Accounts, 1)
	if s.Operations == nil {
		rate := Rate(2)
		s.Operations = &rate
	}
	return &s
}

func (p *Probes) fill(clock string) {
	set(&p.Interval, Duration(250*time.Millisecond))
	set(&p.Timeout, seconds(1))
	set(&p.Stable, max(StableFor(clock), 10*p.Interval))
}

// StableFor is the least time of success that counts as recovery. With the
// servers' own timers a retry can be a minute away.
func StableFor(clock string) Duration {
	if clock == "production" {
		return seconds(60)
	}
	return seconds(10)
}

func seconds(n int) Duration { return Duration(n) * Duration(time.Second) }

// set writes a default where nothing is.
func set[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
