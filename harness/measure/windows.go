package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// span is a moment known only as lying between two times. Open: nothing is
// known about the upper end.
type span struct {
	low, high time.Duration
	open      bool
}

// interval is the span as the record shows it, in seconds.
func (s *span) interval() *record.Interval {
	if s == nil {
		return nil
	}
	i := &record.Interval{Low: s.low.Seconds()}
	if !s.open {
		high := s.high.Seconds()
		i.High = &high
	}
	return i
}

// cover is the smallest span that contains both; nil is no span.
func cover(a, b *span) *span {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	return &span{low: min(a.low, b.low), high: max(a.high, b.high), open: a.open || b.open}
}

// injectedSpan is from the first call to the first return, over all targets
// that were reached.
func (s *step) injectedSpan() *span {
	var all *span
	for _, t := range s.targets {
		all = cover(all, t.injectedSpan())
	}
	return all.widened(s.stalls)
}

// effectiveSpan is when the step became effective. Nil unless every target
// was seen in effect.
func (s *step) effectiveSpan() *span { return s.every((*target).effectiveSpan) }

// healedSpan is when the step was over. Nil unless every target was seen
// without the effect again.
func (s *step) healedSpan() *span { return s.every((*target).healedSpan) }

func (s *step) every(of func(*target) *span) *span {
	var all *span
	for _, t := range s.targets {
		one := of(t)
		if one == nil {
			return nil
		}
		all = cover(all, one)
	}
	return all.widened(s.stalls)
}

// widened is the span with every stall of the instrument that it shares a
// moment with: while the instrument stood still, nothing was seen.
func (s *span) widened(stalls []ledger.Stall) *span {
	if s == nil {
		return nil
	}
	wide := *s
	for _, g := range stalls {
		from, to := time.Duration(g.From), time.Duration(g.To)
		if to < s.low || !s.open && from > s.high {
			continue
		}
		wide.low = min(wide.low, from)
		if !s.open {
			wide.high = max(wide.high, to)
		}
	}
	return &wide
}

// onset is when the step began to matter: when it became effective or, if
// that was never proven, when it was injected.
func (s *step) onset() *span {
	if e := s.effectiveSpan(); e != nil {
		return e
	}
	return s.injectedSpan()
}

func (t *target) injectedSpan() *span {
	if len(t.injecting) == 0 {
		return nil
	}
	b := &span{low: time.Duration(t.injecting[0].Began), open: true}
	if len(t.injected) > 0 {
		b.high, b.open = time.Duration(t.injected[0].Ended), false
	}
	return b
}

// effectiveSpan: from the start of the last look without effect, and not
// before the call, to the end of the first look with it. What looks like the
// effect after the revert, while a server comes back, is none.
func (t *target) effectiveSpan() *span {
	call := t.injectedSpan()
	if call == nil {
		return nil
	}
	first := slices.IndexFunc(t.looks, func(l look) bool {
		return l.during() && l.on() && time.Duration(l.Ended) >= call.low
	})
	if first < 0 {
		return nil
	}
	b := &span{low: call.low, high: time.Duration(t.looks[first].Ended)}
	for _, l := range t.looks[:first] {
		if l.off() {
			b.low = max(b.low, time.Duration(l.Began))
		}
	}
	return b
}

// healedSpan: from the start of the last look with the effect to the end of
// the first look after it without. A fault that nobody saw in effect is over
// when its revert was looked at.
func (t *target) healedSpan() *span {
	call := t.injectedSpan()
	if call == nil {
		return nil
	}
	low, from := call.low, 0
	for i, l := range t.looks {
		if l.on() {
			low, from = time.Duration(l.Began), i+1
		}
	}
	for _, l := range t.looks[from:] {
		if l.off() && time.Duration(l.Began) >= low && (from > 0 || l.kind == ledger.FaultClean) {
			return &span{low: low, high: time.Duration(l.Ended)}
		}
	}
	return nil
}

// held is the stretch in which mail could meet the step: from the call to
// inject until it was seen healed, or to the end of the history.
func (s *step) held(end time.Duration) (span, bool) {
	injected := s.injectedSpan()
	if injected == nil {
		return span{}, false
	}
	window := span{low: injected.low, high: end}
	if healed := s.healedSpan(); healed != nil {
		window.high = healed.high
	}
	return window, true
}

// overlaps tells whether the stretch from to to shares a moment with the span.
func (s span) overlaps(from, to time.Duration) bool { return from <= s.high && to >= s.low }
