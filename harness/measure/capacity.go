package measure

import (
	"fmt"
	"time"

	"maildrill/harness/record"
)

// Rules of capacity recovery.
const (
	capacityShare = 0.95 // of what was accepted of the load before the fault
	capacitySlow  = 2    // times the p99 of the baseline
	slowShare     = 0.01 // so many may be slower than a p99
	// A latency below this is never slow: it is the noise of the host, and no
	// sender notices.
	slowLeast = 100 * time.Millisecond
)

// capacity tells when the load is carried as before. Load is counted by the
// second in which it was due and against what was offered, so that the chance
// of random arrivals is no loss of capacity.
type capacity struct {
	story *story
	why   string // why nothing can be told; empty: it can
	limit time.Duration
	share float64 // of the offered load, to be accepted
	// Sums of all seconds before.
	offered, accepted, few, many []int
}

func (q *inquiry) newCapacity(t *traffic) *capacity {
	c := &capacity{story: q.story}
	first := q.story.firstOnset()
	if first < 0 {
		return c // no fault, nothing to recover from
	}
	before := t.latency[periodBefore]
	if n := before.hist.TotalCount(); n < percentileLeast[99] {
		c.why = fmt.Sprintf("capacity: %d copies accepted before the first fault, %d are needed for a p99", n, percentileLeast[99])
		return c
	}
	c.limit = max(time.Duration(capacitySlow**before.percentile(99)*float64(time.Second)), slowLeast)
	c.sum(t)
	edge := min(second(first), len(t.loads))
	c.share = capacityShare * ratio(c.accepted[edge], c.offered[edge])
	return c
}

func (c *capacity) sum(t *traffic) {
	n := len(t.loads)
	c.offered, c.accepted, c.few, c.many = make([]int, n+1), make([]int, n+1), make([]int, n+1), make([]int, n+1)
	for i, l := range t.loads {
		few, many := l.slower(c.limit)
		c.offered[i+1] = c.offered[i] + int(l.offered)
		c.accepted[i+1] = c.accepted[i] + int(l.accepted)
		c.few[i+1], c.many[i+1] = c.few[i]+few, c.many[i]+many
	}
}

// firstOnset is when the first fault began; below zero: none did.
func (s *story) firstOnset() time.Duration {
	first := time.Duration(-1)
	for _, w := range s.effects() {
		if first < 0 || w.low < first {
			first = w.low
		}
	}
	return first
}

// of is the time from the onset of a step until the load was carried as before
// for the stable stretch. Nil: it cannot be told.
func (c *capacity) of(st *step) *record.Interval {
	onset := st.onset()
	if onset == nil || c.offered == nil || len(c.offered)-1 < second(onset.low)+c.stretch() {
		return nil
	}
	from, last := second(onset.low), len(c.offered)-1-c.stretch()
	held := last
	if healed := st.healedSpan(); healed != nil {
		held = min(second(healed.high), last)
	}
	early, ok := c.recovered(from, held, last, c.few)
	late, sure := c.recovered(from, held, last, c.many)
	if !ok {
		early = last + 1
	}
	r := span{open: !sure || onset.open}
	if early > from && !onset.open {
		r.low = max(0, startOf(early-1)-onset.high)
	}
	if sure {
		r.high = max(r.low, startOf(late+1)-onset.low)
	}
	return r.interval()
}

// recovered finds the first second from which the load is carried: the one after
// the last trouble that began while the fault was held, and then the first with
// a good stretch after it.
func (c *capacity) recovered(from, held, last int, slow []int) (int, bool) {
	start := from
	for w := from; w <= held; w++ {
		if !c.carried(w, slow) {
			start = w + 1
		}
	}
	for w := start; w <= last; w++ {
		if c.carried(w, slow) {
			return w, true
		}
	}
	return 0, false
}

// carried tells whether the stretch that begins with a second had the load
// accepted, and in time.
func (c *capacity) carried(from int, slow []int) bool {
	to := from + c.stretch()
	offered, accepted := c.offered[to]-c.offered[from], c.accepted[to]-c.accepted[from]
	return offered > 0 && float64(accepted) >= c.share*float64(offered) &&
		float64(slow[to]-slow[from]) <= slowShare*float64(accepted)
}

// stretch is the stable time in whole seconds.
func (c *capacity) stretch() int {
	return max(1, second(time.Duration(c.story.spec.Probe.Stable)+time.Second-1))
}

func startOf(second int) time.Duration { return time.Duration(second) * time.Second }

// capacityReading is the slowest recovery of capacity over all steps.
func (q *inquiry) capacityReading() reading {
	r := reading{family: ofRTO, said: q.timing.capacity.why}
	for _, f := range q.faults {
		if f.Injected != nil && f.Capacity == nil && r.said == "" {
			r.said = "the load ended too soon after " + f.Step
			r.weak = r.said
		}
		r.measured = worse(r.measured, f.Capacity)
	}
	switch m := r.measured; {
	case m == nil && r.said == "":
		r.said = "no fault to recover from"
	case m == nil || r.weak != "":
	case m.High == nil:
		r.said = fmt.Sprintf("the load was not carried as before again; for more than %.0f s", m.Low)
	default:
		r.said = fmt.Sprintf("the load was carried as before again after %.0f to %.0f s (%.0f %% of it accepted, no more than 1 %% slower than %.3f s)",
			m.Low, *m.High, 100*capacityShare, q.timing.capacity.limit.Seconds())
	}
	return r
}
