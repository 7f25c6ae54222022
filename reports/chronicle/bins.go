package chronicle

import (
	"math"
	"slices"
	"time"

	"maildrill/harness/ledger"
)

const (
	binsMost = 240 // of rates
	// A bin of quantiles is to have this many copies on average, so that it has a
	// P95; and there are at most that many bins.
	quantileCopies = 20
	quantilesMost  = 120

	p50Least, p95Least = 10, 20 // copies, so that some are expected beyond
)

// grid cuts the run into bins of one width.
type grid struct {
	width time.Duration
	bins  int
}

// widths are those that people like to read.
var widths = []time.Duration{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400}

// newGrid takes the first nice width that is not below least.
func newGrid(end, least time.Duration) grid {
	if end <= 0 {
		return grid{width: time.Second}
	}
	last := widths[len(widths)-1] * time.Second
	g := grid{width: last * max(1, (least+last-1)/last)}
	for _, w := range widths {
		if w*time.Second >= least {
			g.width = w * time.Second
			break
		}
	}
	g.bins = int((end-1)/g.width) + 1
	return g
}

// of is the bin of a time; what lies outside the run counts at its edge.
func (g grid) of(at time.Duration) int {
	return int(min(max(at/g.width, 0), time.Duration(g.bins-1)))
}

// bounds of a bin: the last one ends with the run.
func (g grid) bounds(bin int, end time.Duration) (from, to float64) {
	return seconds(time.Duration(bin) * g.width), seconds(min(time.Duration(bin+1)*g.width, end))
}

// rates counts copies by bin.
type rates struct {
	grid
	rows []Rate
}

func newRates(end time.Duration) *rates {
	r := &rates{grid: newGrid(end, (end+binsMost-1)/binsMost)}
	r.rows = make([]Rate, r.bins)
	for i := range r.rows {
		r.rows[i].From, r.rows[i].To = r.bounds(i, end)
	}
	return r
}

func (r *rates) count(c *copyState) {
	if r.bins == 0 || !c.attempted() {
		return
	}
	r.rows[r.of(c.due)].Offered++
	answer := &r.rows[r.of(c.due+c.took)]
	switch c.submission() {
	case ledger.Accepted:
		answer.Accepted++
	case ledger.RejectedTemporary, ledger.RejectedPermanent:
		answer.Refused++
	case ledger.Indeterminate:
		answer.Indeterminate++
	case ledger.NotAttempted:
		answer.NotAttempted++
	}
	if c.arrival() {
		r.rows[r.of(c.arrived)].Delivered++
	}
}

// arrival tells whether it is known when the copy arrived where it belongs. That
// of a copy which was gone again in the end counts no more than in the record.
func (c *copyState) arrival() bool {
	switch Fates[c.fate] {
	case Lost, Unknown, Deferred:
		return false
	}
	return c.facts.has(hasArrived) && c.accepted()
}

// arrivalOf is the time from when a copy was due to its arrival: a whole second
// is named.
func (c *copyState) arrivalOf() (low, high time.Duration) {
	low = max(0, c.arrived-c.due)
	return low, max(low, c.arrived+time.Second-c.due)
}

// quantiles are the times of copies by bin.
type quantiles struct {
	grid
	times [][]time.Duration
}

func newQuantiles(end time.Duration, copies int) *quantiles {
	least := (end + quantilesMost - 1) / quantilesMost
	if copies > 0 {
		least = max(least, time.Duration(math.Min(float64(end)*quantileCopies/float64(copies), float64(end))))
	}
	q := &quantiles{grid: newGrid(end, least)}
	q.times = make([][]time.Duration, q.bins)
	return q
}

func (q *quantiles) add(due, took time.Duration) {
	if q.bins > 0 {
		i := q.of(due)
		q.times[i] = append(q.times[i], took)
	}
}

// rows are the bins that have any copies.
func (q *quantiles) rows(end time.Duration) []Quantile {
	var all []Quantile
	for i, times := range q.times {
		if len(times) == 0 {
			continue
		}
		slices.Sort(times)
		row := Quantile{Count: len(times), Max: seconds(times[len(times)-1])}
		row.From, row.To = q.bounds(i, end)
		row.P50, row.P95 = nearest(times, 50, p50Least), nearest(times, 95, p95Least)
		all = append(all, row)
	}
	return all
}

// nearest is the percentile by nearest rank; nil: too few.
func nearest(sorted []time.Duration, percent, least int) *float64 {
	if len(sorted) < least {
		return nil
	}
	return pointer(seconds(sorted[(len(sorted)*percent-1)/100]))
}
