package chronicle

import (
	"cmp"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// intervalsMost is how many intervals without a probe are a gap.
const intervalsMost = 3

// lanes are the services that were probed, or should have been.
func lanes(s *story, r record.Record, end float64) []Lane {
	names := map[string]bool{}
	for _, key := range slices.Concat(s.plan.Services, sortedKeys(s.probes), sortedKeys(r.Services)) {
		names[key] = true
	}
	var all []Lane
	for _, name := range ordered(sortedKeys(names), r.Objectives) {
		all = append(all, s.lane(name, r, end))
	}
	return all
}

// ordered puts those first for which a recovery time is asked, and each service
// before the same at its nodes.
func ordered(names []string, goals []record.Objective) []string {
	rank := map[string]int{}
	for i, o := range goals {
		if service, ok := strings.CutPrefix(o.Name, "rto."); ok {
			service, _, _ = strings.Cut(service, "@")
			if _, known := rank[service]; !known {
				rank[service] = i - len(goals) // below those that are not asked for
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		baseA, nodeA, _ := strings.Cut(a, "@")
		baseB, nodeB, _ := strings.Cut(b, "@")
		return cmp.Or(cmp.Compare(rank[baseA], rank[baseB]), cmp.Compare(baseA, baseB), cmp.Compare(nodeA, nodeB))
	})
	return names
}

func (s *story) lane(name string, r record.Record, end float64) Lane {
	probes := slices.Clone(s.probes[name])
	slices.SortStableFunc(probes, func(a, b ledger.ProbeResult) int { return cmp.Compare(a.Scheduled, b.Scheduled) })
	l := Lane{Service: name, Probes: len(probes)}
	var views []view
	for _, p := range probes {
		v := view{from: seconds(p.Start), to: seconds(max(p.Start, p.End)), state: Up}
		if !p.OK {
			v.state = Down
			l.Failed++
		}
		views = append(views, v)
	}
	interval := seconds(s.plan.Probe.Interval)
	if interval <= 0 {
		interval = spacing(views)
	}
	l.Cells = cells(views, intervalsMost*interval, end)
	for _, o := range r.Services[name].Outages {
		l.Cells = unsteady(l.Cells, views, o, r)
	}
	for _, g := range s.stalls {
		l.Cells = blind(l.Cells, g)
	}
	return l
}

// spacing is the usual time from one probe to the next.
func spacing(views []view) float64 {
	var steps []float64
	for i := 1; i < len(views); i++ {
		steps = append(steps, max(0, views[i].from-views[i-1].from))
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// unsteady marks where a service was up again and the record does not count it
// as back yet.
func unsteady(all []Cell, views []view, o record.Outage, r record.Record) []Cell {
	const same = 2e-6 // times of the record are not rounded
	i := slices.IndexFunc(all, func(c Cell) bool { return c.State == Down && c.To > o.Began.Low })
	if i < 0 {
		return all
	}
	steady := recovered(r, o)
	for _, v := range views { // the probe that ended it is good itself
		if v.state == Up && v.to >= steady-same {
			steady = min(steady, v.from)
			break
		}
	}
	return painted(all, all[i].From, steady, func(s State) State {
		if s == Up {
			return Unsteady
		}
		return s
	})
}

// recovered is when a service was back for good; never: beyond any time.
func recovered(r record.Record, o record.Outage) float64 {
	const never = 1e18
	if o.RTA.High == nil {
		return never
	}
	from := o.Began.Low
	for _, f := range r.Faults {
		if f.Step == o.Step && f.Effective != nil {
			from = f.Effective.Low
		}
	}
	return from + *o.RTA.High
}

// blind takes back what is drawn as up while the instrument stood still. That a
// probe failed meanwhile stays: the record counts it.
func blind(all []Cell, stall Stretch) []Cell {
	return painted(all, stall.From, stall.To, func(s State) State {
		if s == Up || s == Unsteady {
			return NoData
		}
		return s
	})
}
