package measure

import (
	"fmt"
	"strings"
	"time"

	"maildrill/harness/ledger"
)

// Phases that the judge knows by name.
const (
	phaseBaseline = "baseline"
	phaseObserve  = "observe"
)

// baseline is the stretch before the first fault.
func (s *story) baseline() (began, ended time.Duration) {
	ended = s.end
	for _, p := range s.phases {
		if p.Name == phaseBaseline {
			began, ended = duration(p.Began), duration(p.Ended)
		}
	}
	for i, at := range s.injections() {
		if i == 0 || at < ended {
			ended = at
		}
	}
	return began, ended
}

// injections are the times at which steps began.
func (s *story) injections() []time.Duration {
	var all []time.Duration
	for _, st := range s.steps {
		if b := st.injectedSpan(); b != nil {
			all = append(all, b.low)
		}
	}
	return all
}

// observed is when the observation ended: probes are owed until then.
func (s *story) observed() time.Duration {
	for _, p := range s.phases {
		if p.Name == phaseObserve {
			return duration(p.Ended)
		}
	}
	_, end := s.baseline()
	return end
}

func duration(seconds float64) time.Duration {
	return time.Duration(seconds*float64(time.Second) + 0.5)
}

// lastLooks is how many probes of each service must have been good at the end
// of the baseline.
const lastLooks = 3

// untouched is when the first fault came, or operators began to do something to a
// node: what they took out of service was not ill.
func (s *story) untouched() time.Duration {
	_, ended := s.baseline()
	for _, d := range s.actions {
		for _, r := range d.rows {
			if r.node != "" && r.began != nil {
				ended = min(ended, *r.began)
			}
		}
	}
	return ended
}

// unhealthy says which services were not proven good before the first fault.
func (s *story) unhealthy() string {
	var said []string
	if s.unready != "" {
		said = append(said, s.unready)
	}
	by := s.untouched()
	for _, key := range s.spec.Services {
		if why := unhealthy(s.probes[key], by); why != "" {
			said = append(said, key+": "+why)
		}
	}
	return strings.Join(said, "; ")
}

func unhealthy(probes []ledger.ProbeResult, by time.Duration) string {
	var before []ledger.ProbeResult
	for _, p := range probes {
		if time.Duration(p.End) <= by {
			before = append(before, p)
		}
	}
	if len(before) < lastLooks {
		return fmt.Sprintf("%d probes ended in the baseline, %d are needed", len(before), lastLooks)
	}
	for _, p := range before[len(before)-lastLooks:] {
		if !p.OK {
			return "failed at the end of the baseline: " + p.Error
		}
	}
	return ""
}

// Shares that the load must keep to.
const (
	unsentMost        = 0.01
	indeterminateMost = 0.05
	offeredLeast      = 0.5 // of the rate, accepted in the baseline
	countedOn         = 5   // messages that a window must have room for before its being empty means anything
)

// underloaded says where too little mail flowed to show anything.
func (q *inquiry) underloaded() string {
	var said []string
	began, ended := q.story.baseline()
	rate := q.story.spec.Rate
	need := max(1, int(offeredLeast*rate*(ended-began).Seconds()))
	if q.survey.settled < need {
		said = append(said, fmt.Sprintf("%d copies accepted in the baseline, %d are needed", q.survey.settled, need))
	}
	for _, x := range q.survey.exposures {
		room := rate * (x.window.high - x.window.low).Seconds()
		if x.open && x.attempts == 0 && room >= countedOn {
			said = append(said, "no mail was offered during "+x.step.Step)
		}
	}
	if share := ratio(q.accounts.Unsent, q.accounts.Planned); share > unsentMost {
		said = append(said, fmt.Sprintf("%.1f %% of the planned copies were not sent, at most %.0f %% may be", 100*share, 100*unsentMost))
	}
	return strings.Join(said, "; ")
}

// asleep says which service was not probed throughout.
func (s *story) asleep() string {
	began, from := s.baseline()
	until := s.observed()
	var said []string
	for _, key := range s.spec.Services {
		if why := s.gaps(s.probes[key], max(began, from-time.Duration(s.spec.Probe.Stable)), until); why != "" {
			said = append(said, key+": "+why)
		}
	}
	return strings.Join(said, "; ")
}

// gaps finds a stretch without probes between from and until. The last probes
// may be missing by what one of them can take.
func (s *story) gaps(probes []ledger.ProbeResult, from, until time.Duration) string {
	d, tau := time.Duration(s.spec.Probe.Interval), time.Duration(s.spec.Probe.Timeout)
	if len(probes) == 0 {
		return "never probed"
	}
	most := max(4*d, d+tau)
	at := from
	for _, p := range probes {
		next := time.Duration(p.Scheduled)
		if next > at+most && next <= until {
			return fmt.Sprintf("no probe from %.3f s to %.3f s", at.Seconds(), next.Seconds())
		}
		at = max(at, next)
	}
	if at < until-3*(d+tau) {
		return fmt.Sprintf("no probe after %.3f s", at.Seconds())
	}
	return ""
}

// stalled says which edge of a fault the instrument slept through. A shorter
// stall widens the bracket by itself, because looks are timed by their ends.
func (s *story) stalled() string {
	most := s.spec.Probe.Timeout
	var said []string
	for _, g := range s.stalls {
		if g.To-g.From <= most {
			continue
		}
		for _, st := range s.steps {
			for name, edge := range map[string]*span{"injection": cover(st.injectedSpan(), st.effectiveSpan()), "recovery": st.healedSpan()} {
				if edge != nil && edge.overlaps(time.Duration(g.From), time.Duration(g.To)) {
					said = append(said, fmt.Sprintf("stalled for %.3f s at the %s of %s", time.Duration(g.To-g.From).Seconds(), name, st.Step))
				}
			}
		}
	}
	return strings.Join(sortedUnique(said), "; ")
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
