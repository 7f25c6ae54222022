package measure

import (
	"fmt"
	"math"
	"slices"
	"time"

	"maildrill/harness/record"
)

// Rules of the backlog.
const (
	steadyLeast  = 5 // seconds of baseline that a base needs
	steadyWarmup = 2 // seconds after the first copy that are not steady yet
	// A store tells the second of an arrival only.
	arrivalWidth = 1
)

// waiting is the backlog by second: copies accepted and not terminal at its
// end, and the age of the oldest.
type waiting struct{ copies, age []int }

// queue sums up arrivals as early or as late as they may have been.
func (t *traffic) queue(gone bySecond[int32], slack, end int) waiting {
	w := waiting{copies: make([]int, end), age: make([]int, end)}
	sum, oldest := 0, 0
	for i := range end {
		sum += int(t.accepted.get(i)) - int(gone.get(i))
		w.copies[i] = max(0, sum)
		for oldest < i && int(t.lingers.get(oldest))-slack <= i {
			oldest++
		}
		if w.copies[i] > 0 {
			w.age[i] = i - oldest
		}
	}
	return w
}

// base is what the backlog was like before the fault. It has little time to
// show, so that a p99 would be its maximum and the next moment could be beyond
// it by chance: what three standard deviations of random arrivals allow is
// within the base too.
type base struct{ copies, age int }

func (w waiting) base(from, to int) base {
	copies := slices.Clone(w.copies[from:to])
	slices.Sort(copies)
	p99 := copies[(len(copies)*99-1)/100]
	mean := 0.0
	for _, n := range copies {
		mean += float64(n) / float64(len(copies))
	}
	return base{copies: max(p99, int(math.Ceil(mean+3*math.Sqrt(mean)))), age: slices.Max(w.age[from:to]) + arrivalWidth}
}

// drained is the first second, not before from, from which the backlog is at its
// base for a stretch, or to the end of what is known.
func (w waiting) drained(b base, from, stretch int) (int, bool) {
	since := -1
	for i := from; i < len(w.copies); i++ {
		switch {
		case w.copies[i] > b.copies || w.age[i] > b.age:
			since = -1
		case since < 0:
			since = i
		}
		if since >= 0 && i-since >= stretch {
			return since, true
		}
	}
	return since, since >= 0
}

// backlogOf measures the backlog over the whole run, and its drain after the
// last recovery. Nil, with a note, where there is nothing to measure it by.
func (q *inquiry) backlogOf(t *timing) *record.Backlog {
	f := t.traffic
	end := second(q.story.end) + 1
	first := slices.IndexFunc(f.accepted, func(n int32) bool { return n > 0 })
	onset := q.story.firstOnset()
	steady := end
	if onset >= 0 {
		steady = min(second(onset), end)
	}
	switch {
	case first < 0:
		return nil // nothing was accepted, or all of it was lost
	case f.awaited > 0:
		t.note(fmt.Sprintf("backlog: %d delivered copies have no time of arrival", f.awaited))
		return nil
	case steady-first-steadyWarmup < steadyLeast:
		t.note(fmt.Sprintf("backlog: %d s of steady mail before the first fault, %d are needed", max(0, steady-first-steadyWarmup), steadyLeast))
		return nil
	}
	if f.skewed > 0 {
		t.note(fmt.Sprintf("backlog: %d copies arrived, by the clock of their store, before they were accepted", f.skewed))
	}
	early, late := f.queue(f.goneEarly, arrivalWidth, end), f.queue(f.goneLate, 0, end)
	b := late.base(first+steadyWarmup, steady)
	row := &record.Backlog{Base: b.copies, BaseAge: float64(b.age), Peak: slices.Max(late.copies), PeakAge: float64(slices.Max(late.age)),
		Flushed: q.story.flushed(), Tuned: q.story.spec.Clock == "drill"}
	if onset >= 0 {
		row.Drain = q.drain(early, late, first+steadyWarmup, steady)
	}
	return row
}

// drain is the time from the last stable recovery until the backlog was at its
// base, by the earliest and by the latest that arrivals may have been.
func (q *inquiry) drain(early, late waiting, from, to int) *record.Interval {
	recovered := q.lastRecovery()
	if recovered == nil {
		return nil
	}
	if recovered.open {
		return (&span{open: true}).interval()
	}
	stretch := second(time.Duration(q.story.spec.Probe.Stable))
	start := second(recovered.low)
	soon, some := early.drained(early.base(from, to), start, stretch)
	latest, sure := late.drained(late.base(from, to), start, stretch)
	if !some {
		soon = len(early.copies)
	}
	if sure && some && latest < soon {
		soon, latest = latest, soon
	}
	r := span{open: !sure || !some}
	if soon > start {
		r.low = max(0, startOf(soon)-recovered.high)
	}
	if !r.open {
		r.high = max(r.low, startOf(latest+1)-recovered.low)
	}
	return r.interval()
}

// lastRecovery is when the last service was stable again after a fault; where
// none was gone, when the last fault was over. Nil: there was no fault.
func (q *inquiry) lastRecovery() *span {
	var last *span
	later := func(s span) {
		if last == nil {
			last = &s
			return
		}
		last = &span{low: max(last.low, s.low), high: max(last.high, s.high), open: last.open || s.open}
	}
	for _, w := range q.story.effects() {
		later(span{low: w.high, high: w.high})
	}
	for _, key := range sortedKeys(q.story.probes) {
		probes := q.story.probes[key]
		for _, o := range q.rules.outages(probes, q.story.spec.Probe.Stable) {
			if o.stable < 0 {
				later(span{open: true})
				continue
			}
			later(span{low: time.Duration(probes[o.lastFail].Scheduled), high: time.Duration(probes[o.stable].End)})
		}
	}
	return last
}

// flushed tells whether an operator made a server try its whole queue.
func (s *story) flushed() bool {
	return slices.ContainsFunc(s.acted(), func(a record.Action) bool { return a.Kind == "flush" && a.Began != nil })
}

// drainReading: a drain that an operator hurried says nothing about the system,
// unless that is what was asked.
func (q *inquiry) drainReading() reading {
	r := reading{family: ofRTO}
	b := q.timing.backlog
	if b == nil {
		r.said = q.timing.about("backlog: ", "no mail was accepted")
		return r
	}
	r.measured = b.Drain
	switch m := r.measured; {
	case m == nil:
		r.said = "no fault to recover from"
		return r
	case m.High == nil:
		r.said = fmt.Sprintf("the backlog was not back at its base of %d copies; for more than %.0f s", b.Base, m.Low)
	default:
		r.said = fmt.Sprintf("back at %d copies, the oldest of %.0f s, after %.0f to %.0f s; at most %d", b.Base, b.BaseAge, m.Low, *m.High, b.Peak)
	}
	if b.Tuned {
		r.said += "; retry timers were tuned"
	}
	if b.Flushed {
		r.said += "; the queue was flushed"
		if !q.story.spec.Timing.FlushCounts {
			r.weak = "with a flush it is not the system's own drain"
		}
	}
	return r
}

// about finds what was noted of a matter.
func (t *timing) about(prefix, otherwise string) string {
	for _, n := range t.notes {
		if len(n) > len(prefix) && n[:len(prefix)] == prefix {
			return n[len(prefix):]
		}
	}
	return otherwise
}
