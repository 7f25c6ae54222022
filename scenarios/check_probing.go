package scenarios

import (
	"fmt"
	"maps"
	"slices"
)

// checkProbing refuses objectives that the measurement cannot prove. A probe
// every D with time-out t brackets an outage to about D + t, which must be
// small against the objective; and a recovery just in time must still be seen
// to last for the stable time before the observation ends.
func (d *Document) checkProbing(s Scenario) {
	p := s.Probes
	d.checkStable(s)
	var largest Duration
	var slowest string
	for _, name := range slices.Sorted(maps.Keys(s.Objectives.RTO)) {
		rto := s.Objectives.RTO[name]
		if rto <= 0 || p.Interval < 0 || p.Timeout < 0 {
			continue // reported by the decoder
		}
		if 3*(p.Interval+p.Timeout) > rto {
			d.wrong("objectives.rto."+name, fmt.Sprintf("rto.%s of %s is too short to be measured: probes every %s with a time-out of %s prove %s and more",
				name, rto, p.Interval, p.Timeout, 3*(p.Interval+p.Timeout)), "")
		}
		if rto > largest {
			largest, slowest = rto, name
		}
	}
	need := p.Stable + largest
	if slowest == "" || p.Stable < 0 || s.Phases.Observe < 0 || s.Phases.Observe >= need {
		return
	}
	path := "phases.observe"
	if !d.has(path) {
		path = "objectives.rto." + slowest
	}
	d.wrong(path, fmt.Sprintf("an observation of %s is too short to prove rto.%s of %s: with %s of stable service it takes %s",
		s.Phases.Observe, slowest, largest, p.Stable, need), "")
}

// checkStable refuses a stable time that is shorter than the rules of
// measurement ask for.
func (d *Document) checkStable(s Scenario) {
	if s.Probes.Interval < 0 || s.Probes.Stable < 0 {
		return
	}
	least := max(StableFor(s.Clock), 10*s.Probes.Interval)
	if s.Probes.Stable < least {
		d.wrong("probes.stable", fmt.Sprintf("%s of service is too short to count as recovered; at least %s with clock %s and probes every %s",
			s.Probes.Stable, least, s.Clock, s.Probes.Interval), "")
	}
}
