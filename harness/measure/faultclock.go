package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// clockOf gives the stations of one step that its row does not have already.
// Nil: the step was not reached.
//
// met is when the first attempt at one of its targets ended; 0: none did.
func (s *story) clockOf(st *step, met time.Duration) *record.FaultClock {
	if !st.reached() {
		return nil
	}
	c := &record.FaultClock{
		Installed:      st.every((*target).installedSpan).interval(),
		Exercised:      st.exercisedSpan(met).interval(),
		Clearing:       st.every((*target).clearingSpan).interval(),
		Cleared:        st.every((*target).clearedSpan).interval(),
		ResidueChecked: st.every((*target).checkedSpan).interval(),
		EffectiveWidth: width(st.effectiveSpan()),
		HealedWidth:    width(st.healedSpan()),
	}
	if due, ok := s.signals.due[st.Step]; ok {
		planned := time.Duration(due.Planned).Seconds()
		c.Planned, c.Phases = &planned, due.Phases
	}
	return c
}

// width is how wide the bracket of a moment is; nil: it has none.
func width(s *span) *float64 {
	if s == nil || s.open {
		return nil
	}
	w := (s.high - s.low).Seconds()
	return &w
}

// installedSpan: from the start of the last look that did not find it, and not
// before the call, to the end of the first that did.
func (t *target) installedSpan() *span {
	call := t.injectedSpan()
	if call == nil {
		return nil
	}
	low := call.low
	for _, l := range t.looks {
		switch {
		case l.Error != "" || time.Duration(l.Ended) < call.low:
		case l.Installed:
			return &span{low: low, high: time.Duration(l.Ended)}
		default:
			low = max(low, time.Duration(l.Began))
		}
	}
	return nil
}

// exercisedSpan is when anything first met the step at any target: a counter
// that grew between two looks, or an attempt of the workload where nothing
// counts.
func (s *step) exercisedSpan(met time.Duration) *span {
	var first *span
	if onset := s.onset(); onset != nil && met > 0 && !s.any((*target).counts) {
		first = &span{low: onset.low, high: max(met, onset.low)}
	}
	for _, t := range s.targets {
		if c := t.countedSpan(); c != nil && (first == nil || c.high < first.high) {
			first = c
		}
	}
	return first
}

// countedSpan: from the start of the last look before a counter grew beyond
// what the control read, to the end of the first look after.
func (t *target) countedSpan() *span {
	call := t.injectedSpan()
	if call == nil {
		return nil
	}
	var before uint64
	low := call.low
	for _, l := range t.looks {
		switch {
		case l.kind == ledger.FaultControl:
			before = l.met()
		case l.during() && l.met() > before:
			return &span{low: low, high: time.Duration(l.Ended)}
		}
		low = max(low, time.Duration(l.Began))
	}
	return nil
}

// clearingSpan is when the last revert was called.
func (t *target) clearingSpan() *span {
	if len(t.reverting) == 0 {
		return nil
	}
	began := time.Duration(t.reverting[len(t.reverting)-1].Began)
	return &span{low: began, high: began}
}

// clearedSpan: the last revert had its effect between its call and its return.
func (t *target) clearedSpan() *span {
	if len(t.reverted) == 0 {
		return nil
	}
	last := t.reverted[len(t.reverted)-1]
	if last.Error != "" {
		return nil
	}
	return &span{low: time.Duration(last.Began), high: time.Duration(last.Ended)}
}

// checkedSpan is the last look, if it found nothing of the fault any more.
func (t *target) checkedSpan() *span {
	if len(t.looks) == 0 || !t.clean() {
		return nil
	}
	last := slices.MaxFunc(t.looks, func(a, b look) int { return int(a.Ended - b.Ended) })
	if last.kind != ledger.FaultClean {
		return nil
	}
	return &span{low: time.Duration(last.Began), high: time.Duration(last.Ended)}
}
