package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// attended are the times in which manual steps were waited for, from when they
// were shown to when they were acknowledged or given up, joined where they
// overlap. None: no person had anything to do.
func (s *story) attended() (spans []span) {
	for _, d := range s.actions {
		for _, r := range d.rows {
			if d.Kind != record.Manual || r.began == nil {
				continue
			}
			in := span{low: *r.began, high: s.end}
			if r.ended != nil {
				in.high = *r.ended
			}
			spans = append(spans, in)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.low - b.low) })
	return merged(spans)
}

// merged makes one of spans that overlap; they are in their order.
func merged(spans []span) (whole []span) {
	for _, in := range spans {
		if n := len(whole); n > 0 && in.low <= whole[n-1].high {
			whole[n-1].high = max(whole[n-1].high, in.high)
			continue
		}
		whole = append(whole, in)
	}
	return whole
}

// byHand is how much of an outage manual steps were waited for: between the onset
// that its recovery time counts from and the first probe of its stable stretch,
// or to the end of the history if it never recovered. Nil: there was no manual
// step in the run.
func (s *story) byHand(probes []ledger.ProbeResult, o outage, from span) *float64 {
	waits := s.attended()
	if len(waits) == 0 {
		return nil
	}
	until := s.end
	if o.stable >= 0 {
		until = time.Duration(probes[o.stable].End)
	}
	var total time.Duration
	for _, w := range waits {
		total += max(0, min(w.high, until)-max(w.low, from.low))
	}
	share := total.Seconds()
	return &share
}
