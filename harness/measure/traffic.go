package measure

import (
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// traffic is what one reading of the ledger says about times. It holds 4 bytes
// a copy, arrays by second, and what is in flight.
type traffic struct {
	q     *inquiry
	slots slots

	// By the time at which copies were due.
	loads   bySecond[load]
	latency [3]*latency // by period

	// By the time of acceptance: copies that were not lost. gone is when they
	// were terminal, at the earliest and at the latest; lingers is the second in
	// which the last of those accepted in one may still have been on its way.
	accepted, goneEarly, goneLate, lingers bySecond[int32]
	awaited                                int // accepted copies that arrived, at an unknown time
	unresolved                             int // deferred, or unknown
	skewed                                 int // arrived before they were accepted

	delays    delays
	views     [2]record.View // direct, via_relay
	failovers []*failover    // one per step
	losses    []*losses      // one per step
	during    during
	parcels   map[ledger.Copy]parcel // lost copies that have no outcome yet
	nameless  int                    // lost copies whose mailbox and size were not kept
}

func (q *inquiry) newTraffic() *traffic {
	t := &traffic{q: q, parcels: map[ledger.Copy]parcel{}}
	for i := range t.latency {
		t.latency[i] = newLatency()
	}
	t.delays = newDelays(time.Duration(q.story.spec.Timing.Late))
	t.views[0].Name, t.views[1].Name = viewDirect, viewRelay
	for _, st := range q.story.steps {
		t.failovers = append(t.failovers, q.newFailover(st))
		t.losses = append(t.losses, q.story.newLosses(st))
	}
	return t
}

// fate is what finally became of a copy that was accepted.
func (q *inquiry) fate(k ledger.Copy) class {
	s := q.survey.of(k)
	if s == nil {
		return 0
	}
	return q.rules.classify(*s, q.proven)
}

func (t *traffic) take(e ledger.Entry) {
	if e.Copy.Stream != ledger.StreamWorkload {
		return
	}
	switch e.Kind {
	case ledger.Intent:
		t.due(e)
	case ledger.Unsent, ledger.Withdrawn:
		t.dropped(e)
	case ledger.Try:
		t.tried(e)
	case ledger.Outcome:
		t.answered(e)
	case ledger.Seen:
		t.arrived(e)
	case ledger.Notified:
		t.notified(e)
	}
}

// due takes the first entry of a copy: when it has to be offered.
func (t *traffic) due(e ledger.Entry) {
	if s := t.q.survey.of(e.Copy); s == nil || s.has(planted) {
		return // a damaged ledger, of which the accounting tells, or never sent
	}
	s := t.slots.put(e.Copy)
	if *s != 0 {
		return
	}
	*s = slotDue(e.Start)
	t.loads.at(second(e.Start)).offered++
	if t.q.fate(e.Copy) == lost && len(t.parcels) < parcelsMost {
		t.parcels[e.Copy] = parcel{mailbox: strings.Clone(e.Detail), size: e.Size}
	}
}

// dropped: the driver did not offer it, which says nothing about the system.
func (t *traffic) dropped(e ledger.Entry) {
	if s := t.slots.of(e.Copy); s != nil && !s.answered() {
		t.loads.at(second(s.due())).offered--
		*s = 0
	}
}

// tried is an attempt that decided nothing.
func (t *traffic) tried(e ledger.Entry) {
	for _, f := range t.failovers {
		f.tried(e)
	}
}

// answered takes the outcome of a copy.
func (t *traffic) answered(e ledger.Entry) {
	s := t.slots.of(e.Copy)
	if s == nil || s.answered() {
		return
	}
	due, relay := s.due(), t.q.story.spec.relays(e.Node)
	*s = s.answer(relay)
	v := &t.views[0]
	if relay {
		v = &t.views[1]
	}
	countView(v, e.Verdict)
	for _, f := range t.failovers {
		f.answered(e)
	}
	if e.Verdict != ledger.Accepted {
		return
	}
	wait := max(e.End-due, 0)
	t.loads.at(second(due)).accept(wait)
	t.latency[t.q.story.period(due)].add(wait)
	t.settled(e, s, v)
}

// settled follows an accepted copy to its end.
func (t *traffic) settled(e ledger.Entry, s *slot, v *record.View) {
	fate := t.q.fate(e.Copy)
	t.during.take(t.q.story, e, fate)
	if fate == lost {
		// It waits nowhere: a loss is no backlog.
		v.Lost++
		t.lose(e)
		return
	}
	*t.accepted.at(second(e.End))++
	switch fate {
	case delivered, damaged, quarantined, bounced:
		*s = s.accept(e.End)
		t.awaited++
	default:
		t.unresolved++
		*t.lingers.at(second(e.End)) = secondsMost
		t.delays.open(t.q.story.end - s.due())
	}
}

// arrived takes the first sighting of a copy where it belongs. INTERNALDATE
// names a whole second.
func (t *traffic) arrived(e ledger.Entry) {
	s := t.slots.of(e.Copy)
	if s == nil || !s.pending() || e.Foreign != "" || e.Arrived == 0 {
		return
	}
	early, late := e.Arrived, e.Arrived+time.Second
	if second(late) < s.accepted() || late < 0 {
		t.skewed++
	}
	low, high := t.delays.add(early-s.due(), late-s.due(), eighth)
	v := &t.views[0]
	if s.relay() {
		v = &t.views[1]
	}
	addLate(v, low, high)
	t.terminal(s, early, late)
}

// notified takes the bounce of a copy that arrived nowhere.
func (t *traffic) notified(e ledger.Entry) {
	s := t.slots.of(e.Copy)
	if s == nil || !s.pending() || t.q.rules.reported(e.Detail) != notified || t.q.fate(e.Copy) != bounced {
		return
	}
	t.terminal(s, e.Start, e.Start)
}

// terminal takes a copy out of the backlog. It cannot have ended before it was
// accepted, whatever another clock says.
func (t *traffic) terminal(s *slot, early, late time.Duration) {
	since := s.accepted()
	first := max(second(early), since)
	last := max(second(late), first)
	*t.goneEarly.at(first)++
	*t.goneLate.at(last)++
	l := t.lingers.at(since)
	*l = max(*l, int32(last))
	*s &^= slotPending
	t.awaited--
}

// Periods of a run, by when a copy was due.
const (
	periodBefore = iota // before the first fault
	periodDuring        // while any fault was in effect
	periodAfter
)

// period tells which one a time lies in.
func (s *story) period(at time.Duration) int {
	begun := false
	for _, w := range s.effects() {
		if at >= w.low && at <= w.high {
			return periodDuring
		}
		begun = begun || at > w.high
	}
	if begun {
		return periodAfter
	}
	return periodBefore
}

// effects are the stretches in which steps were in effect, as far as that may
// be: from F- to H+, or to the end where nobody saw it healed.
func (s *story) effects() []span {
	if s.effective != nil {
		return s.effective
	}
	s.effective = []span{}
	for _, st := range s.steps {
		onset := st.onset()
		if onset == nil {
			continue
		}
		w := span{low: onset.low, high: s.end}
		if healed := st.healedSpan(); healed != nil {
			w.high = healed.high
		}
		s.effective = append(s.effective, w)
	}
	return s.effective
}
