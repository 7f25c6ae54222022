package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// outage is one interruption of a service: failing probes without a stable
// stretch between them. The fields are indexes into the service's probes.
type outage struct {
	firstFail, lastFail int
	firstOK             int // first good probe after firstFail; -1: none
	stable              int // first probe of the stable stretch that ended it; -1: none
}

// outages splits probes, in the order of their schedule, into interruptions.
// A service is stable again when every probe from one on is good for at least
// stable.
func (r *rules) outages(probes []ledger.ProbeResult, stable ledger.Seconds) []outage {
	var found []outage
	for i := 0; i < len(probes); {
		if r.good(probes[i]) {
			i++
			continue
		}
		o := r.follow(probes, i, stable)
		found = append(found, o)
		if o.stable < 0 {
			break
		}
		i = o.stable
	}
	return found
}

// follow goes from the first failing probe to the stable stretch.
func (r *rules) follow(probes []ledger.ProbeResult, first int, stable ledger.Seconds) outage {
	o := outage{firstFail: first, lastFail: first, firstOK: -1, stable: -1}
	since := -1 // first good probe after the last failing one
	for i := first + 1; i < len(probes); i++ {
		if !r.good(probes[i]) {
			o.lastFail, since = i, -1
			continue
		}
		if o.firstOK < 0 {
			o.firstOK = i
		}
		if since < 0 {
			since = i
		}
		if r.stable(probes[since].Scheduled, probes[i].Scheduled, stable) {
			o.stable = since
			return o
		}
	}
	return o
}

// service is the availability of one service over the whole run.
type service struct {
	record.Service
	// recovery is the recovery time actual over all faults; nil: not measured.
	recovery *record.Interval
}

// observe works out the outages of one service and which step each belongs to.
func (s *story) observe(key string) service {
	probes := s.probes[key]
	svc := service{Service: record.Service{Probes: len(probes)}}
	for _, p := range probes {
		if !s.rules.good(p) {
			svc.Failed++
		}
	}
	var worst *record.Interval
	blows := s.blows()
	hit := map[*blow]bool{}
	for _, o := range s.rules.outages(probes, s.spec.Probe.Stable) {
		by := blamed(blows, probes[o.firstFail], probes[o.lastFail])
		row := s.describe(probes, o, by)
		svc.Outages = append(svc.Outages, row)
		if by != nil || len(s.steps) == 0 {
			worst, hit[by] = worse(worst, &row.RTA), true
		}
	}
	for i := range blows {
		if !hit[&blows[i]] {
			worst = worse(worst, s.unbroken(probes, blows[i].at))
		}
	}
	svc.recovery = worst
	return svc
}

// describe gives the row of the record. The recovery time lies in
// (s_last_fail - f+, e_stable - f-], f being the onset of its cause; an outage
// without one is timed from its own beginning. Without a stable stretch the
// upper end is open.
//
// A stall widens both ends. A probe that failed while the instrument stood
// still may have failed because of that: it proves neither that the service was
// gone, nor that it was back.
func (s *story) describe(probes []ledger.ProbeResult, o outage, by *blow) record.Outage {
	began := span{high: time.Duration(probes[o.firstFail].End)}
	if o.firstFail > 0 {
		began.low = time.Duration(probes[o.firstFail-1].Start)
	}
	from := began
	row := record.Outage{Began: *began.interval()}
	if by != nil {
		row.Step, from = by.name, by.at
	}
	row.Manual = s.byHand(probes, o, from)
	rta := span{open: o.stable < 0 && s.rules.censored}
	if sure := lastSure(probes, o, s.stalls); sure >= 0 && !from.open {
		rta.low = max(0, s.rules.lastFail(probes, sure)-from.high)
	}
	if o.stable >= 0 {
		back := &span{low: time.Duration(probes[o.lastFail].Scheduled), high: time.Duration(probes[o.stable].End)}
		rta.high = s.rules.regained(from, back.widened(s.stalls).high)
	}
	row.RTA = *rta.interval()
	if o.firstOK >= 0 {
		at := time.Duration(probes[o.firstOK].End).Seconds()
		row.FirstSuccess = &at
	}
	return row
}

// lastSure is the last failing probe of an outage that no stall overlaps; -1:
// there is none.
func lastSure(probes []ledger.ProbeResult, o outage, stalls []ledger.Stall) int {
	for i := o.lastFail; i >= o.firstFail; i-- {
		p := probes[i]
		in := span{low: time.Duration(p.Scheduled), high: time.Duration(p.End)}
		if !p.OK && !slices.ContainsFunc(stalls, func(g ledger.Stall) bool {
			return in.overlaps(time.Duration(g.From), time.Duration(g.To))
		}) {
			return i
		}
	}
	return -1
}

// unbroken is the recovery time for what began at an onset if no probe failed: an
// interruption shorter than the spacing of the probes may have passed unseen.
// Nil if nobody looked after that.
func (s *story) unbroken(probes []ledger.ProbeResult, onset span) *record.Interval {
	longest, looked := time.Duration(s.spec.Probe.Timeout), false
	for i, p := range probes {
		if time.Duration(p.Scheduled) >= onset.low {
			looked = true
			longest = max(longest, time.Duration(p.End-p.Start))
			if i > 0 { // probes that a stall left out, or held up, leave a hole
				longest = max(longest, time.Duration(p.End-probes[i-1].Start-s.spec.Probe.Interval))
			}
		}
	}
	if !looked {
		return nil
	}
	return (&span{high: time.Duration(s.spec.Probe.Interval) + longest}).interval()
}

// worse joins recovery times: the later of both ends. An open end stays open.
func worse(a, b *record.Interval) *record.Interval {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	w := &record.Interval{Low: max(a.Low, b.Low)}
	if a.High != nil && b.High != nil {
		high := max(*a.High, *b.High)
		w.High = &high
	}
	return w
}
