package svg_test

import (
	"io"
	"testing"

	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
	"maildrill/reports/figure/svg"
)

// BenchmarkTimeline draws a run of 20,000 copies.
func BenchmarkTimeline(b *testing.B) {
	const n = 20000
	r, c := small()
	for i := range n {
		c.Copies.Points = append(c.Copies.Points, chronicle.Point{Seq: uint32(i), Due: float64(i) * 60 / n, Fate: chronicle.Delivered,
			Answer: at(0.001 * float64(1+i%997)), Arrival: between(0, 0.01*float64(1+i%1009))})
	}
	b.ReportAllocs()
	for b.Loop() {
		var out counter
		if err := svg.Write(&out, figure.Timeline(r, c)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out), "bytes/figure")
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var _ io.Writer = new(counter)
