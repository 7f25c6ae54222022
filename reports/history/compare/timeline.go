package compare

import (
	"maps"
	"math"
	"slices"

	"maildrill/harness/record"
)

// Timeline are the faults and outages of both runs on one axis, whose origin is
// the moment at which the first fault was injected.
type Timeline struct {
	// From and To are the ends of the axis, in seconds from the origin.
	From float64 `json:"from"`
	To   float64 `json:"to"`
	// Aligned is false if a run had no fault that was injected: the origin is the
	// start of each run then.
	Aligned bool   `json:"aligned"`
	Lanes   []Lane `json:"lanes"`
}

// Lane is one fault or one service in both runs.
type Lane struct {
	Name   string `json:"name"`
	Fault  bool   `json:"fault"`
	Before Track  `json:"before"`
	Now    Track  `json:"now"`
}

// Track is one run's part of a lane. Where nothing else is, a service was up and
// a fault was not there: from From to To. What is outside nobody saw.
type Track struct {
	Seen      bool      `json:"seen"` // it was there to be looked at
	From      float64   `json:"from"`
	To        float64   `json:"to"`
	Stretches []Stretch `json:"stretches"`
}

// Stretch is what was the case from one moment to another.
type Stretch struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Is   Is      `json:"is"`
}

// Is tells what a stretch is.
type Is string

// What a stretch is.
const (
	On       Is = "on"        // a fault, as commanded
	InEffect Is = "in effect" // a fault, as seen
	Gone     Is = "gone"      // no service
	Unsteady Is = "unsteady"  // it answers, and is not stable yet
)

func timeline(before, now record.Record) Timeline {
	a, okA := origin(before)
	b, okB := origin(now)
	t := Timeline{Aligned: okA && okB, Lanes: []Lane{}}
	if !t.Aligned {
		a, b = 0, 0
	}
	t.From = math.Min(-a, -b)
	t.To = math.Max(length(before)-a, length(now)-b)
	for _, step := range steps(before, now) {
		t.Lanes = append(t.Lanes, Lane{step, true, faultTrack(before, step, a), faultTrack(now, step, b)})
	}
	for _, name := range services(before, now) {
		t.Lanes = append(t.Lanes, Lane{name, false, serviceTrack(before, name, a), serviceTrack(now, name, b)})
	}
	return t
}

// origin is when the first fault was injected.
func origin(r record.Record) (at float64, ok bool) {
	for _, f := range r.Faults {
		if f.Injected != nil && (!ok || f.Injected.Low < at) {
			at, ok = f.Injected.Low, true
		}
	}
	return at, ok
}

// length is the end of the last phase.
func length(r record.Record) float64 {
	end := 0.0
	for _, p := range r.Phases {
		end = math.Max(end, p.Ended)
	}
	return end
}

// steps are the faults of both runs, in the order of the run of now.
func steps(before, now record.Record) []string {
	var all []string
	for _, r := range []record.Record{now, before} {
		for _, f := range r.Faults {
			if !slices.Contains(all, f.Step) {
				all = append(all, f.Step)
			}
		}
	}
	return all
}

// services are those that were gone in one of the runs.
func services(before, now record.Record) []string {
	gone := map[string]bool{}
	for _, r := range []record.Record{before, now} {
		for name, s := range r.Services {
			if len(s.Outages) > 0 {
				gone[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(gone))
}

func faultTrack(r record.Record, step string, origin float64) Track {
	t := Track{From: -origin, To: length(r) - origin, Stretches: []Stretch{}}
	i := slices.IndexFunc(r.Faults, func(f record.Fault) bool { return f.Step == step })
	if i < 0 {
		return t
	}
	t.Seen = true
	f := r.Faults[i]
	if f.Injected == nil {
		return t
	}
	over := t.To
	if f.Healed != nil {
		over = upper(f.Healed, t.To+origin) - origin
	}
	t.add(f.Injected.Low-origin, over, On)
	if f.Effective != nil {
		t.add(upper(f.Effective, t.To+origin)-origin, over, InEffect)
	}
	return t
}

func serviceTrack(r record.Record, name string, origin float64) Track {
	s := r.Services[name]
	t := Track{Seen: s.Probes > 0, From: -origin, To: length(r) - origin, Stretches: []Stretch{}}
	for _, o := range s.Outages {
		gone, steady := t.To, t.To
		if o.FirstSuccess != nil {
			gone = *o.FirstSuccess - origin
		}
		if at, ok := recovered(r, o); ok {
			steady = math.Max(at-origin, gone)
		}
		t.add(o.Began.Low-origin, gone, Gone)
		t.add(gone, steady, Unsteady)
	}
	return t
}

// add draws a stretch, as far as the run was looked at.
func (t *Track) add(from, to float64, is Is) {
	from, to = math.Max(from, t.From), math.Min(to, t.To)
	if from < to {
		t.Stretches = append(t.Stretches, Stretch{from, to, is})
	}
}

// recovered is the moment from which a service was stable: its recovery time
// counts from when the fault became effective.
func recovered(r record.Record, o record.Outage) (float64, bool) {
	if o.RTA.High == nil {
		return 0, false
	}
	i := slices.IndexFunc(r.Faults, func(f record.Fault) bool { return f.Step == o.Step })
	if i < 0 || r.Faults[i].Effective == nil {
		return o.Began.Low + *o.RTA.High, true
	}
	return r.Faults[i].Effective.Low + *o.RTA.High, true
}

// upper is the upper end of an interval, or the given end of time.
func upper(i *record.Interval, end float64) float64 {
	if i.High == nil {
		return end
	}
	return *i.High
}
