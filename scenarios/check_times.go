package scenarios

import (
	"fmt"
	"maps"
	"slices"
)

// What can be measured at least.
const (
	shortestCycle = 5 // seconds; conditions are looked at ten times a second
	shortestLate  = 2 // seconds; a store tells the second of an arrival
	shortestDrain = 3 // seconds; load and backlog are counted by the second
)

// checkTimes checks what is said about times beside recovery.
func (d *Document) checkTimes(s Scenario) {
	for _, name := range slices.Sorted(maps.Keys(s.Cycles)) {
		c := s.Cycles[name]
		switch path := under("cycles", name); {
		case c.Every < 0 || c.Offset < 0: // reported by the decoder
		case c.Every < seconds(shortestCycle):
			d.wrong(path+".every", fmt.Sprintf("a cycle of %s is too short to be hit; at least %s", c.Every, seconds(shortestCycle)), "")
		case c.Offset >= c.Every:
			d.wrong(path+".offset", fmt.Sprintf("an offset of %s is not within the cycle of %s", c.Offset, c.Every), "")
		}
	}
	d.checkDetect(s)
	d.checkViews(s.Workload)
	d.checkSteady(s)
	o := s.Objectives
	for name, l := range map[string]*Limit{"security": o.Security, "backscatter": o.Backscatter} {
		if l != nil && l.Max.Percent {
			d.wrong("objectives."+name+".max", "these are counted, and no share of anything: write a number without %", "")
		}
	}
	d.longEnough("objectives.late.after", o.Late != nil, valueOf(o.Late).After, shortestLate)
	d.longEnough("objectives.drain.max", o.Drain != nil, valueOf(o.Drain).Max, shortestDrain)
	d.longEnough("objectives.capacity.max", o.Capacity != nil, valueOf(o.Capacity).Max, shortestDrain)
	if c := o.Capacity; c != nil && c.Max > 0 && s.Probes.Stable > 0 && s.Phases.Observe >= 0 && s.Phases.Observe < s.Probes.Stable+c.Max {
		d.wrong("objectives.capacity.max", fmt.Sprintf("an observation of %s is too short to prove capacity within %s: with %s of full load it takes %s",
			s.Phases.Observe, c.Max, s.Probes.Stable, s.Probes.Stable+c.Max), "")
	}
}

// What the judge needs to know of the time before the fault.
const (
	leastCopies = 125 // due in the baseline, so that 100 are accepted: fewer have no p99
	leastSteady = 8   // seconds, of which the first are not steady yet
)

// checkSteady refuses a baseline that shows too little to compare with.
func (d *Document) checkSteady(s Scenario) {
	base, w, o := s.Phases.Baseline, s.Workload, s.Objectives
	if base <= 0 {
		return // reported by the decoder
	}
	if due := float64(w.Rate) * float64(base) / float64(seconds(1)) * float64(w.Recipients); o.Capacity != nil && w.Rate > 0 && due < leastCopies {
		d.wrong("objectives.capacity", fmt.Sprintf("a baseline of %s at %s has %.0f copies; capacity is compared with a p99, which takes %d", base, w.Rate, due, leastCopies), "")
	}
	if o.Drain != nil && base < seconds(leastSteady) {
		d.wrong("objectives.drain", fmt.Sprintf("a baseline of %s is too short to know the usual backlog; at least %s", base, seconds(leastSteady)), "")
	}
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (d *Document) longEnough(path string, asked bool, value Duration, least int) {
	if asked && value > 0 && value < seconds(least) {
		d.wrong(path, fmt.Sprintf("%s is too short to be measured; at least %s", value, seconds(least)), "")
	}
}

// checkDetect: an alert can only detect a fault if somebody listens for it.
func (d *Document) checkDetect(s Scenario) {
	if a := s.Alerts; a != nil {
		d.duplicates("alerts.names", a.Names)
	}
	if o := s.Objectives.Detect; o != nil && o.Max > 0 && s.Phases.Observe > 0 && s.Phases.Observe < o.Max {
		d.wrong("objectives.detect.max", fmt.Sprintf("an observation of %s is too short to tell that nobody noticed within %s", s.Phases.Observe, o.Max), "")
	}
	if o := s.Objectives.Detect; o != nil && o.By == "alert" && (s.Alerts == nil || !s.Alerts.Webhook) {
		d.wrong("objectives.detect.by", "detection by alert needs `alerts: {webhook: true}`, and monitoring that posts to it", "")
	}
}

// checkViews: both views start from the same mail, which a relay passes on by
// the MX records.
func (d *Document) checkViews(w Workload) {
	d.duplicates("workload.views", w.Views)
	if len(w.Views) > 0 && w.Entry != "mx" && w.Entry != "" {
		d.wrong("workload.views", fmt.Sprintf("views of the sender are those of entry mx; with entry %s all mail takes one way", w.Entry), "")
	}
}
