package measure

import (
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"maildrill/harness/record"
)

// Samples that a percentile needs, so that at least one is expected beyond it.
// With fewer it is not named.
var percentileLeast = map[float64]int64{50: 10, 90: 20, 99: 100}

// latencyMost bounds what a histogram can tell apart.
const latencyMost = 24 * time.Hour

// latency is a distribution of times, to three digits, in microseconds.
type latency struct {
	hist *hdrhistogram.Histogram
	max  time.Duration
}

func newLatency() *latency {
	return &latency{hist: hdrhistogram.New(1, latencyMost.Microseconds(), 3)}
}

func (l *latency) add(d time.Duration) {
	l.max = max(l.max, d)
	// It fails only beyond its bounds, which are kept to.
	_ = l.hist.RecordValue(min(max(d, 0), latencyMost).Microseconds())
}

// percentile in seconds; nil: too few samples.
func (l *latency) percentile(p float64) *float64 {
	if l.hist.TotalCount() < percentileLeast[p] {
		return nil
	}
	// A value stands for all that it cannot be told from, the largest of them.
	v := min(float64(l.hist.ValueAtQuantile(p))/1e6, l.max.Seconds())
	return &v
}

// latencies are the rows of the record: those periods that had any mail.
func (t *traffic) latencies() []record.Latency {
	var rows []record.Latency
	for i, name := range []string{"before", "during", "after"} {
		l := t.latency[i]
		if l.hist.TotalCount() == 0 {
			continue
		}
		rows = append(rows, record.Latency{Phase: name, Count: l.hist.TotalCount(),
			P50: l.percentile(50), P90: l.percentile(90), P99: l.percentile(99), Max: l.max.Seconds()})
	}
	return rows
}

// load is what was due in one second, and what became of it.
type load struct {
	offered, accepted int32
	waits             []uint16 // accepted copies by latency, see waitsAt
}

// Latencies of a second are counted in steps of a quarter of a doubling, from a
// millisecond on: 140 bytes, where a histogram would take thousands.
const (
	waitSteps = 4
	waitsMost = 18 * waitSteps // up to four minutes
)

// waitsAt is the step of a latency: step i holds those from waitFrom(i) up to
// waitFrom(i+1).
func waitsAt(d time.Duration) int {
	ms := d.Seconds() * 1000
	if ms < 1 {
		return 0
	}
	return min(1+int(waitSteps*math.Log2(ms)), waitsMost-1)
}

func waitFrom(step int) time.Duration {
	if step <= 0 {
		return 0
	}
	return time.Duration(math.Exp2(float64(step-1)/waitSteps) * float64(time.Millisecond))
}

func (l *load) accept(wait time.Duration) {
	l.accepted++
	if l.waits == nil {
		l.waits = make([]uint16, waitsMost)
	}
	step := waitsAt(wait)
	l.waits[step] = saturated(l.waits[step])
}

func saturated(n uint16) uint16 {
	if n == ^uint16(0) {
		return n
	}
	return n + 1
}

// slower counts those that took longer than the limit: as few as that may be,
// and as many.
func (l load) slower(limit time.Duration) (few, many int) {
	for step, n := range l.waits {
		if step == waitsMost-1 || waitFrom(step+1) > limit {
			many += int(n)
		}
		if waitFrom(step) > limit {
			few += int(n)
		}
	}
	return few, many
}
