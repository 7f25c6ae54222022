package measure

import (
	"fmt"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// delays are the times of delivered copies, from when they were due to their
// arrival, which is known to a second.
type delays struct {
	limit         time.Duration // 0: none
	hist          *latency      // by the later end
	low, high     time.Duration // of the latest
	few, many     int           // later than the limit
	undeliverable int           // not delivered, and later than the limit already
}

func newDelays(limit time.Duration) delays { return delays{limit: limit, hist: newLatency()} }

// add takes one delivered copy, and tells whether it is late: surely, and
// possibly. Its due time is rounded down by at most the grain.
func (d *delays) add(low, high, grain time.Duration) (surely, possibly int) {
	low = max(0, low-grain)
	high = max(low, high)
	d.hist.add(high)
	d.low, d.high = max(d.low, low), max(d.high, high)
	if d.limit > 0 && low > d.limit {
		surely = 1
	}
	if d.limit > 0 && high > d.limit {
		possibly = 1
	}
	d.few, d.many = d.few+surely, d.many+possibly
	return surely, possibly
}

// open takes a copy that has waited since it was due, and still does or is not
// known to: whenever it arrives, it will be late.
func (d *delays) open(waited time.Duration) {
	if d.limit > 0 && waited > d.limit {
		d.undeliverable++
	}
}

// lateness is the row of the record; nil where no arrival is known.
func (t *traffic) lateness(limit time.Duration) *record.Late {
	d := t.delays
	n := d.hist.hist.TotalCount()
	if n == 0 {
		return nil
	}
	latest := span{low: d.low, high: d.high}
	high := float64(d.many + d.undeliverable)
	return &record.Late{Limit: limit.Seconds(), Delivered: int(n), Copies: record.Interval{Low: float64(d.few), High: &high},
		Max: *latest.interval(), P50: d.hist.percentile(50), P99: d.hist.percentile(99)}
}

func (q *inquiry) lateReading(o Objective) reading {
	l, t := q.timing.late, q.timing.traffic
	r := reading{family: ofDelays, said: "no time of arrival is known"}
	if l == nil {
		return r
	}
	if t.awaited > 0 {
		r.weak = fmt.Sprintf("%d delivered copies have no time of arrival", t.awaited)
	}
	r.said = fmt.Sprintf("%.0f to %.0f of %d delivered copies took more than %.0f s; the latest %.0f to %.0f s",
		l.Copies.Low, *l.Copies.High, l.Delivered, l.Limit, l.Max.Low, *l.Max.High)
	measured := l.Copies
	if o.Unit == "%" {
		measured = scaled(measured, 100/float64(l.Delivered))
	}
	r.measured = &measured
	return r
}

// countView counts one outcome.
func countView(v *record.View, verdict ledger.Verdict) {
	switch verdict {
	case ledger.Accepted:
		v.Accepted++
	case ledger.RejectedTemporary, ledger.RejectedPermanent:
		v.Rejected++
	case ledger.Indeterminate:
		v.Indeterminate++
	case ledger.NotAttempted:
		v.NotAttempted++
	}
}

func addLate(v *record.View, low, high int) {
	most := float64(high)
	if v.Late.High != nil {
		most += *v.Late.High
	}
	v.Late.Low, v.Late.High = v.Late.Low+float64(low), &most
}

// viewRows are the views that any mail took.
func (t *traffic) viewRows() []record.View {
	var rows []record.View
	for _, v := range t.views {
		if v.Accepted+v.Rejected+v.Indeterminate+v.NotAttempted == 0 {
			continue
		}
		addLate(&v, 0, 0) // an upper end, also where nothing was late
		rows = append(rows, v)
	}
	return rows
}
