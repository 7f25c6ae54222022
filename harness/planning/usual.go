package planning

import (
	"slices"
	"time"
)

// What a run takes beside what its file says, as measured on Docker with two
// CPUs: containers are started, every fault is proven before and after, queues
// and mailboxes are read until two readings agree.
const (
	setUpOnce    = 3 * time.Second
	setUpNode    = 700 * time.Millisecond
	proofOfFault = 3 * time.Second
	readBack     = 10 * time.Second
	ofAction     = 3 * time.Second // on each node, one after the other
)

// atOnce are the actions that take no time.
var atOnce = []string{"flush", "announce"}

// Usual is how long the run takes if all goes well, set-up and tear-down
// included: what a person waits for. [Plan.Worst] is the bound.
func (p *Plan) Usual() time.Duration {
	ph := p.Scenario.Phases
	nodes := time.Duration(len(p.Topology.Nodes))
	return setUpOnce + nodes*setUpNode + time.Duration(ph.Baseline) + p.span() + time.Duration(ph.Observe) + readBack
}

// span is how long the timeline takes. A condition is taken to hold at once; one
// on a cycle, after half of it.
func (p *Plan) span() (longest time.Duration) {
	ends := map[string]time.Duration{}
	for range p.Steps { // a step may wait for one that stands behind it
		for _, s := range p.Steps {
			start := s.At
			for _, id := range s.After {
				start = max(start, ends[id])
			}
			ends[s.ID] = start + p.longestWait(s)/2 + s.For
			switch {
			case s.IsFault():
				ends[s.ID] += proofOfFault
			case !slices.Contains(atOnce, s.Action):
				ends[s.ID] += time.Duration(len(s.On)) * ofAction
			}
			longest = max(longest, ends[s.ID])
		}
	}
	return longest
}
