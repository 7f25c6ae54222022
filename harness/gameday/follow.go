package gameday

import (
	"fmt"
	"slices"
	"time"

	"maildrill/harness/exercise"
)

// Follow looks through earlier exercises: which actions of those that are followed
// are past their date, and what of the drill became worse.
func Follow(f *exercise.Facts, r exercise.Record, follows []string, earlier []exercise.Record, now time.Time) {
	var before []exercise.Drill
	for _, e := range earlier {
		if e.ID == r.ID || !e.Created.Before(r.Created) {
			continue
		}
		if slices.Contains(follows, e.Name) {
			f.Followed++
			f.Open = append(f.Open, late(e, now)...)
		}
		if e.Name == r.Name && e.Drill != nil && e.Drill.Simulated == r.Simulated && r.Drill != nil && sharesMeasured(*r.Drill, *e.Drill) {
			before = append(before, *e.Drill)
		}
	}
	if len(before) > 0 {
		f.Compared = min(len(before), mostCompared)
		f.Regressions = append(f.Regressions, regressions(*r.Drill, before[len(before)-f.Compared:])...)
	}
}

// sharesMeasured tells whether two drills came to a verdict, and measured something that
// both have: what was not measured cannot have become worse.
func sharesMeasured(now, before exercise.Drill) bool {
	return decided(now) && decided(before) && slices.ContainsFunc(now.Objectives, func(o exercise.Objective) bool {
		return o.High != nil && slices.ContainsFunc(before.Objectives, func(p exercise.Objective) bool { return p.Name == o.Name && p.High != nil })
	})
}

func decided(d exercise.Drill) bool {
	return d.Verdict == string(exercise.Passed) || d.Verdict == string(exercise.Failed)
}

// late are actions past their date that nobody has finished.
func late(e exercise.Record, now time.Time) (open []string) {
	for _, a := range e.Actions {
		due, err := time.Parse(time.DateOnly, a.Due)
		if (a.Status == "open" || a.Status == "done") && err == nil && now.After(due.AddDate(0, 0, 1)) {
			open = append(open, fmt.Sprintf("%s of %s (due %s)", a.ID, e.ID, a.Due))
		}
	}
	return open
}

const (
	mostCompared = 5    // exercises before
	muchWorse    = 1.25 // times their median
	leastWorse   = 1.   // and more by so much, in the objective's unit
)

// regressions are objectives whose upper end is much worse than the median before.
func regressions(now exercise.Drill, before []exercise.Drill) (worse []string) {
	for _, o := range now.Objectives {
		var past []float64
		for _, d := range before {
			for _, p := range d.Objectives {
				if p.Name == o.Name && p.High != nil {
					past = append(past, *p.High)
				}
			}
		}
		if o.High == nil || len(past) == 0 {
			continue
		}
		slices.Sort(past)
		median := past[len(past)/2]
		if *o.High > median*muchWorse && *o.High > median+leastWorse {
			worse = append(worse, fmt.Sprintf("%s: %.4g, before %.4g", o.Name, *o.High, median))
		}
	}
	return worse
}
