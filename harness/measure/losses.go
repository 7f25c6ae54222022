package measure

import (
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// parcelsMost bounds the lost copies of which an intent was read and no outcome
// yet: a second of intents and what is in flight, many times over.
const parcelsMost = 1 << 16

// parcel is what the intent of a lost copy said of it.
type parcel struct {
	mailbox string
	size    uint32
}

// losses are the lost copies of one step, by when they were accepted. A copy
// belongs to the last step that had begun, or to the one before which it was
// accepted: between two steps it is counted for both, after and before.
type losses struct {
	after, before    time.Duration // the step's own "before"
	healed           time.Duration
	next             time.Duration // onset of the step after
	reached          bool
	pre, during, aft toll
}

// toll sums up lost copies.
type toll struct {
	copies    int
	bytes     int64
	mailboxes map[string]int
}

func (s *story) newLosses(st *step) *losses {
	onset := st.onset()
	if onset == nil {
		return &losses{}
	}
	l := &losses{reached: true, before: onset.low, healed: s.end, next: s.nextOnset(st)}
	if h := st.healedSpan(); h != nil {
		l.healed = h.high
	}
	for _, other := range s.steps {
		if o := other.onset(); other == st || o == nil || o.low >= onset.low {
			continue
		}
		over := s.end
		if h := other.healedSpan(); h != nil {
			over = h.high
		}
		l.after = max(l.after, over)
	}
	return l
}

func (l *losses) take(accepted time.Duration, p parcel) {
	switch {
	case !l.reached:
	case accepted <= l.before && accepted > l.after:
		l.pre.add(p)
	case accepted > l.before && accepted <= l.healed:
		l.during.add(p)
	case accepted > l.healed && accepted <= l.next:
		l.aft.add(p)
	}
}

func (t *toll) add(p parcel) {
	if t.mailboxes == nil {
		t.mailboxes = map[string]int{}
	}
	t.copies++
	t.bytes += int64(p.size)
	t.mailboxes[p.mailbox]++
}

func (t toll) row() record.Loss {
	l := record.Loss{Copies: t.copies, Bytes: t.bytes}
	for _, m := range sortedKeys(t.mailboxes) {
		if n := t.mailboxes[m]; n > l.WorstCopies {
			l.WorstMailbox, l.WorstCopies = m, n
		}
	}
	return l
}

// lose counts a lost copy for every step that it belongs to.
func (t *traffic) lose(e ledger.Entry) {
	p, kept := t.parcels[e.Copy]
	if !kept {
		t.nameless++
	}
	delete(t.parcels, e.Copy)
	for _, l := range t.losses {
		l.take(e.End, p)
	}
}

// lossesOf is the row of one step; nil where nothing is lost.
func (t *traffic) lossesOf(i int) *record.Losses {
	l := t.losses[i]
	if l.pre.copies+l.during.copies+l.aft.copies == 0 {
		return nil
	}
	return &record.Losses{Before: l.pre.row(), During: l.during.row(), After: l.aft.row()}
}

// during are the copies accepted while any fault was in effect.
type during struct{ accepted, lost, unknown int }

func (d *during) take(s *story, e ledger.Entry, fate class) {
	if s.period(e.End) != periodDuring {
		return
	}
	d.accepted++
	switch fate {
	case lost:
		d.lost++
	case unknown:
		d.unknown++
	}
}

// lossDuring measures what was lost of the mail that was accepted while a fault
// was in effect. It is no part of the RPO, which looks back.
func (q *inquiry) lossDuring(o Objective) reading {
	d := q.timing.traffic.during
	r := reading{family: ofLoss}
	if d.accepted == 0 {
		r.said = "no copy was accepted while a fault was in effect"
		return r
	}
	r.said = fmt.Sprintf("%d lost of %d accepted while a fault was in effect", d.lost, d.accepted)
	if d.unknown > 0 {
		r.said += fmt.Sprintf(", %d unknown", d.unknown)
	}
	high := float64(d.lost + d.unknown)
	measured := record.Interval{Low: float64(d.lost), High: &high}
	if o.Unit == "%" {
		measured = scaled(measured, 100/float64(d.accepted))
	}
	r.measured = &measured
	return r
}
