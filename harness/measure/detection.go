package measure

import (
	"fmt"
	"slices"
	"time"

	"maildrill/harness/record"
)

// detectionOf tells who noticed a step. Nil: it was not reached.
func (q *inquiry) detectionOf(st *step, moved *failover) *record.Detection {
	onset := st.onset()
	if onset == nil {
		return nil
	}
	s, until := q.story, q.story.nextOnset(st)
	d := &record.Detection{Probe: s.failingProbe(*onset, until), Health: s.unhealthyNode(*onset, until)}
	if moved.at > 0 && moved.at < until {
		d.Failover = signal(*onset, moved.at, "mail accepted at "+moved.node)
	}
	first := s.firstAlert(*onset, until)
	if first >= 0 {
		a := s.signals.alerts[first]
		d.Alert = signal(*onset, a.at, alertName(a))
		if back := s.takenBack(first); back >= 0 {
			after := since(*onset, s.signals.alerts[back].at)
			d.Resolved = &after
		}
	}
	if len(s.signals.health) == 0 {
		d.Blind = append(d.Blind, "health")
	}
	if !moved.can {
		d.Blind = append(d.Blind, "failover")
	}
	if !s.spec.Timing.Alerts {
		d.Blind = append(d.Blind, "alert")
	}
	d.Silent = d.Probe == nil && d.Health == nil && d.Failover == nil && d.Alert == nil
	return d
}

func signal(onset span, at time.Duration, what string) *record.Signal {
	return &record.Signal{After: since(onset, at), What: what}
}

// since is the time from the onset of a step to a moment.
func since(onset span, at time.Duration) record.Interval {
	r := span{high: max(0, at-onset.low)}
	if !onset.open {
		r.low = max(0, at-onset.high)
	}
	return *r.interval()
}

// nextOnset is when the step after this one began, or the end: a signal belongs
// to the latest step that had begun.
func (s *story) nextOnset(st *step) time.Duration {
	next, mine := s.end+1, st.onset()
	for _, other := range s.steps {
		if o := other.onset(); o != nil && mine != nil && o.low > mine.low {
			next = min(next, o.low)
		}
	}
	return next
}

// failingProbe is the first probe of any service that failed after the onset.
func (s *story) failingProbe(onset span, until time.Duration) *record.Signal {
	first, key := time.Duration(-1), ""
	for _, k := range sortedKeys(s.probes) {
		for _, p := range s.probes[k] {
			if p.OK || time.Duration(p.Scheduled) < onset.low || time.Duration(p.Scheduled) >= until {
				continue
			}
			if first < 0 || time.Duration(p.End) < first {
				first, key = time.Duration(p.End), k
			}
		}
	}
	if first < 0 {
		return nil
	}
	return signal(onset, first, "probe of "+key)
}

// unhealthyNode is the first node that the system's own check called unhealthy.
func (s *story) unhealthyNode(onset span, until time.Duration) *record.Signal {
	i := slices.IndexFunc(s.signals.health, func(h health) bool {
		return !h.Healthy && time.Duration(h.Ended) >= onset.low && time.Duration(h.Ended) < until
	})
	if i < 0 {
		return nil
	}
	h := s.signals.health[i]
	return signal(onset, time.Duration(h.Ended), "health check of "+h.node)
}

// firstAlert is the first alert that began to fire after the onset. One that was
// firing before and is only said again detects nothing.
func (s *story) firstAlert(onset span, until time.Duration) int {
	firing := map[string]bool{}
	for i, a := range s.signals.alerts {
		known := firing[a.Name] && a.Name != ""
		firing[a.Name] = a.Status == "firing"
		if a.at >= onset.low && a.at < until && a.Status == "firing" && !known && s.watched(a.Name) {
			return i
		}
	}
	return -1
}

// falseAlarms counts the alerts that began to fire before the first fault: of a
// monitor that cries wolf nobody is told anything.
func (s *story) falseAlarms() int {
	first := s.end
	for _, st := range s.steps {
		if o := st.onset(); o != nil {
			first = min(first, o.low)
		}
	}
	n := 0
	for _, a := range s.signals.alerts {
		if a.at < first && a.Status == "firing" && s.watched(a.Name) {
			n++
		}
	}
	return n
}

// watched tells whether an alert is one of those that count.
func (s *story) watched(name string) bool {
	names := s.spec.Timing.AlertNames
	return len(names) == 0 || slices.Contains(names, name)
}

// takenBack is when the alert was resolved.
func (s *story) takenBack(first int) int {
	name := s.signals.alerts[first].Name
	for i, a := range s.signals.alerts {
		if i > first && a.Status == "resolved" && a.Name == name {
			return i
		}
	}
	return -1
}

func alertName(a alert) string {
	if a.Name == "" {
		return "alert without a name"
	}
	return "alert " + a.Name
}

// by finds the signal of a kind.
func by(d *record.Detection, kind string) *record.Signal {
	return map[string]*record.Signal{"probe": d.Probe, "health": d.Health, "failover": d.Failover, "alert": d.Alert}[kind]
}

// detectReading is the slowest detection over all steps, by the signal that was
// asked for.
func (q *inquiry) detectReading() reading {
	kind := q.story.spec.Timing.DetectBy
	r := reading{family: ofRTO, said: "no fault to detect"}
	for i, f := range q.faults {
		switch d := f.Detection; {
		case d == nil:
		case slices.Contains(d.Blind, kind):
			r.said, r.weak = "nobody watched for detection by "+kind, f.Step+": nobody watched for detection by "+kind
		case by(d, kind) == nil:
			onset := q.story.steps[i].onset()
			silent := span{low: max(0, q.story.observed()-onset.high), open: true}
			r.measured = worse(r.measured, silent.interval())
			r.said = fmt.Sprintf("%s was not detected by %s for %.3f s or more", f.Step, kind, silent.low.Seconds())
		default:
			slower := worse(r.measured, &by(d, kind).After)
			if r.measured == nil || *slower != *r.measured {
				r.said = fmt.Sprintf("%s was detected after %.3f to %.3f s: %s", f.Step, by(d, kind).After.Low, *by(d, kind).After.High, by(d, kind).What)
			}
			r.measured = slower
		}
	}
	if n := q.story.falseAlarms(); kind == "alert" && n > 0 {
		r.said += fmt.Sprintf("; false alarms before anything was broken: %d", n)
	}
	r.said += resting(kind, q.story.start.Tuned)
	return r
}
