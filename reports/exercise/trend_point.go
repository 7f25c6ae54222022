package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/exercise"
)

// point is one exercise in a trend.
type point struct {
	exercise.Record
	at              time.Time
	missed, checks  int
	recovery        *float64 // from the fault to restored, in seconds; nil: no data
	answered, asked int
	manual, steps   int
	open, overdue   int
	ages            [3]int // of the open actions, in the groups of ageWords
	retested        int    // actions that are verified by a run
	refuted         int
	notes           []string
}

// pointsOf are the exercises in the order of time, the newest last, as of the last
// moment that any of them knows.
func pointsOf(recs []exercise.Record) (points []point, asOf time.Time) {
	for _, r := range recs {
		for _, at := range momentsOf(r) {
			if at.After(asOf) {
				asOf = at.UTC()
			}
		}
	}
	for _, r := range recs {
		points = append(points, pointOf(r, asOf))
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ID, b.ID)) })
	return points, asOf
}

func momentsOf(r exercise.Record) []time.Time {
	all := []time.Time{r.Created}
	for _, at := range []*time.Time{r.Started, r.Ended} {
		if at != nil {
			all = append(all, *at)
		}
	}
	for _, a := range r.Actions {
		if all = append(all, a.Created); a.Closed != nil {
			all = append(all, *a.Closed)
		}
	}
	for _, s := range r.Signatures {
		all = append(all, s.At)
	}
	return all
}

func pointOf(r exercise.Record, asOf time.Time) point {
	p := point{Record: r, at: dayOf(r), checks: len(r.Checks), steps: len(r.Steps), manual: manual(r)}
	if r.Started != nil {
		p.at = r.Started.UTC()
	}
	for _, c := range r.Checks {
		if c.Verdict != exercise.Passed {
			p.missed++
		}
	}
	if s, ok := newTeller(r, nil).milestones().took(fault, "restored"); ok && s >= 0 {
		p.recovery = &s
	}
	if r.RollCall != nil {
		p.answered, p.asked = answeredWithin(*r.RollCall)
	}
	for _, h := range r.Hypotheses {
		if h.Outcome == "refuted" {
			p.refuted++
		}
	}
	p.follow(asOf)
	p.note()
	return p
}

// follow looks at what became of the actions.
func (p *point) follow(asOf time.Time) {
	for _, a := range p.Actions {
		if a.Status == "verified" && a.Run != "" {
			p.retested++
		}
		if settled(a) {
			continue
		}
		p.open++
		p.ages[ageOf(asOf.Sub(a.Created))]++
		if due, err := time.Parse(time.DateOnly, a.Due); err == nil && asOf.After(due.AddDate(0, 0, 1)) {
			p.overdue++
		}
	}
}

// ageWords are the groups of ages.
var ageWords = [3]string{"under 30 days", "under 90", "older"}

func ageOf(age time.Duration) int {
	const day = 24 * time.Hour
	switch {
	case age < 30*day:
		return 0
	case age < 90*day:
		return 1
	}
	return 2
}

// aged says how old the open actions are.
func (p point) aged() string {
	var said []string
	for i, n := range p.ages {
		if n > 0 {
			said = append(said, fmt.Sprintf("%d %s", n, ageWords[i]))
		}
	}
	return cmp.Or(strings.Join(said, ", "), "none open")
}

// note is what to know about an exercise before it is compared.
func (p *point) note() {
	add := func(on bool, text string) {
		if on {
			p.notes = append(p.notes, text)
		}
	}
	add(p.Simulated, "SIMULATED: counts for nothing")
	add(tabletop(p.Record), "tabletop")
	add(p.Verdict == exercise.Aborted, "aborted")
	add(!p.State.Over(), "not over")
	add(len(p.Signatures) == 0, "not signed")
}
