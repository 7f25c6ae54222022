package measure

import (
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Power of the RPO measurement: accepts needed shortly before the fault.
const (
	rpoAccepts = 30
	rpoStretch = 5 * time.Second
)

// setback is how far back in time one step reaches: the loss among the copies
// that were accepted before it (measurement of RPO from losses).
type setback struct {
	rules         *rules
	step          *step
	after, before time.Duration // copies accepted in (after, before] count
	onset         span
	stretch       time.Duration // before the step, in which accepts must have come

	accepted, recent int
	newest           time.Duration // last accept
	lost, unknown    int
	oldestLost       time.Duration // accept of the oldest lost copy
	oldestSent       time.Duration // when its terminator was written
	lastKept         time.Duration // last accept before that
	kept             bool          // there is one
	since            int           // accepted at or after the oldest lost copy
}

// readAgain reads the ledger for what depends on what became of each copy: how
// far back a loss reaches, for every step, how well each loss is proven, and
// every time that is not the recovery of a service. The last reading is made
// only if there is a loss.
func (q *inquiry) readAgain(h ledger.Scanner) error {
	q.setbacks = q.story.newSetbacks(max(q.rpoTarget(), rpoStretch))
	q.grading, q.timing = q.newGrading(), &timing{traffic: q.newTraffic()}
	lossy := q.accounts.Lost > 0
	entry := func(e ledger.Entry) {
		if lossy {
			q.grading.first(e)
		}
		q.timing.traffic.take(e)
	}
	err := h.Each(q.each(entry, func(b *setback, e ledger.Entry, st state) { b.take(e, q.rules.classify(st, q.proven)) }))
	if err == nil && lossy {
		err = ledger.EachOf(h, graded, q.each(q.grading.second, func(b *setback, e ledger.Entry, _ state) { b.bound(e) }))
	}
	if err != nil {
		return fmt.Errorf("read the ledger again: %w", err)
	}
	q.times(q.timing)
	return nil
}

// each visits the workload's entries, and those of them that are acceptances
// for every step that they were before. What was planted was never sent.
func (q *inquiry) each(entry func(ledger.Entry), acceptance func(*setback, ledger.Entry, state)) func(ledger.Entry) error {
	return func(e ledger.Entry) error {
		if e.Copy.Stream != ledger.StreamWorkload {
			return nil
		}
		entry(e)
		if e.Kind != ledger.Outcome || q.rules.verdict(e) != ledger.Accepted {
			return nil
		}
		st := q.survey.of(e.Copy)
		if st == nil || st.has(planted) {
			return nil
		}
		for _, b := range q.setbacks {
			if e.End > b.after && e.End <= b.before {
				acceptance(b, e, *st)
			}
		}
		return nil
	}
}

// newSetbacks makes one for every step that was reached. A step that begins
// before the one before it has healed has no clean "before", and is left out.
func (s *story) newSetbacks(stretch time.Duration) []*setback {
	var all []*setback
	for _, st := range s.steps {
		onset := st.onset()
		if onset == nil {
			continue
		}
		b := &setback{rules: s.rules, step: st, before: onset.low, onset: *onset, stretch: stretch}
		clean := true
		for _, other := range s.steps {
			o := other.onset()
			if other == st || o == nil || o.low > onset.low || (o.low == onset.low && other.Step > st.Step) {
				continue
			}
			healed := other.healedSpan()
			if healed == nil || healed.high > onset.low {
				clean = false
				break
			}
			b.after = max(b.after, healed.high)
		}
		if clean {
			all = append(all, b)
		}
	}
	return all
}

func (b *setback) take(e ledger.Entry, c class) {
	b.accepted++
	b.newest = max(b.newest, e.End)
	if e.End > b.before-b.stretch {
		b.recent++
	}
	switch c {
	case unknown:
		b.unknown++
	case lost:
		b.lost++
		if b.lost == 1 || b.rules.older(e.End, b.oldestLost) {
			b.oldestLost, b.oldestSent = e.End, sent(e)
		}
	}
}

// bound looks, in the second reading, for the last accept before the oldest
// loss, and counts those after it.
func (b *setback) bound(e ledger.Entry) {
	if b.lost == 0 {
		return
	}
	if e.End >= b.oldestLost {
		b.since++
		return
	}
	b.lastKept, b.kept = max(b.lastKept, e.End), true
}

// sent is when the terminator was written; the server's commit is not older.
func sent(e ledger.Entry) time.Duration {
	if e.Sent == 0 {
		return e.End
	}
	return e.Sent
}

// reach is how far back the loss goes. Nothing lost: from 0 to the age of the
// newest accept, which is the resolution of the measurement. A copy whose fate
// is unknown opens the upper end, and so does a loss that reaches back to the
// first copy there was.
func (b *setback) reach() *record.Interval {
	if b.accepted == 0 {
		return nil
	}
	r := span{open: b.rules.opened(b.unknown) || b.onset.open}
	switch {
	case b.lost == 0:
		r.high = max(0, b.onset.high-b.newest)
	default:
		r.low = max(0, b.onset.low-b.oldestLost)
		r.open = r.open || !b.kept
		r.high = b.onset.high - min(b.lastKept, b.oldestSent)
	}
	return r.interval()
}

// density is the share of the copies accepted since the oldest loss that were
// lost: 1 is a clean rollback, less means holes.
func (b *setback) density() float64 {
	if b.since == 0 {
		return 0
	}
	return float64(b.lost) / float64(b.since)
}
