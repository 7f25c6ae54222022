package figure

import (
	"fmt"
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// LatencyBars shows how long copies took to be accepted, before, during and
// after the faults, on a logarithmic scale.
func LatencyBars(rows []record.Latency) Figure {
	l := &latencies{rows: rows}
	l.x = l.scaled()
	l.x.low, l.x.end = latencyNames, Narrow-latencyValues
	height := 8 + float64(len(rows))*latencyPitch + 34
	return Figure{ID: "latency", Title: "Time to be accepted", Alt: l.alt(), Width: Narrow, Height: height,
		Draw: func(c Canvas) { l.draw(newPen(c, Narrow, height)) }}
}

type latencies struct {
	rows []record.Latency
	x    scale
}

const (
	latencyPitch  = 20
	latencyNames  = 96
	latencyValues = 130
)

// quantiles of a row, as far as there are enough samples for them.
func quantilesOf(l record.Latency) []float64 {
	var out []float64
	for _, v := range []*float64{l.P50, l.P90, l.P99} {
		if v != nil && finite(*v) {
			out = append(out, *v)
		}
	}
	return out
}

func (l *latencies) scaled() scale {
	const least, most = 1e-4, 1e7
	low, high := math.Inf(1), least
	for _, r := range l.rows {
		for _, v := range append(quantilesOf(r), r.Max) {
			if finite(v) && r.Count > 0 {
				v = math.Min(math.Max(v, least), most)
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	from := math.Pow(10, math.Floor(math.Log10(math.Min(low, high))))
	return scale{from: from, to: math.Max(math.Pow(10, math.Ceil(math.Log10(high))), from*10), log: true}
}

func (l *latencies) draw(p *pen) {
	bottom := 8 + float64(len(l.rows))*latencyPitch
	small := Lettering{Ink: Muted, Size: smallSize}
	for _, v := range l.x.decades() {
		x := l.x.at(v)
		p.line(x, 6, x, bottom+4, Style{Stroke: Grid, Width: 0.5})
		p.label(Point{x, bottom + 14}, spanWord(v), Lettering{Ink: Muted, Size: smallSize, Anchor: Middle})
	}
	p.line(l.x.low, bottom+2, l.x.end, bottom+2, Style{Stroke: Muted, Width: 0.75})
	for n, row := range l.rows {
		y := 8 + (float64(n)+0.5)*latencyPitch
		p.fitted(Point{l.x.low - 8, y + 3}, row.Phase, l.x.low-12, Lettering{Size: bodySize, Anchor: End})
		p.fitted(Point{l.x.end + 12, y + 3}, fmt.Sprintf("%d copies", row.Count), latencyValues-16, small)
		l.row(p, row, y)
	}
	x := l.x.low
	for _, k := range l.keys() {
		k.drawAt(p, Point{x, bottom + 29})
		x += keyRoom(k)
	}
}

// latencyMarks are the marks of the quantiles.
var latencyMarks = []struct {
	word  string
	shape Shape
	of    func(record.Latency) *float64
	style Style
}{
	{"median", Dot, func(l record.Latency) *float64 { return l.P50 }, filled(Accent)},
	{"90 %", Square, func(l record.Latency) *float64 { return l.P90 }, filled(Accent)},
	{"99 %", Triangle, func(l record.Latency) *float64 { return l.P99 }, filled(Accent)},
	{"slowest", Tick, func(l record.Latency) *float64 { return &l.Max }, Style{Stroke: Text, Width: 1.5}},
}

func (l *latencies) keys() []key {
	var keys []key
	for _, m := range latencyMarks {
		keys = append(keys, key{m.word, func(p *pen, at Point) { p.Marks(m.shape, []Point{at}, 6, m.style) }})
	}
	return keys
}

func (l *latencies) row(p *pen, row record.Latency, y float64) {
	if row.Count <= 0 {
		p.box(Box{l.x.low, y - 5, l.x.end - l.x.low, 10}, blind)
		p.plated(Point{(l.x.low + l.x.end) / 2, y + 3}, "no data", Lettering{Size: smallSize, Anchor: Middle})
		return
	}
	said := fmt.Sprintf("%s: slowest %s s", words.Plain(row.Phase), words.Exact(row.Max))
	p.group(Group{Label: said}, func() {
		if q := quantilesOf(row); len(q) > 0 {
			p.line(l.x.at(q[0]), y, l.x.at(row.Max), y, Style{Stroke: Accent, Width: 3})
		}
		for _, m := range latencyMarks {
			if v := m.of(row); v != nil && finite(*v) {
				p.Marks(m.shape, []Point{{l.x.at(*v), y}}, 7, m.style)
			}
		}
	})
}

func (l *latencies) alt() string {
	var said []string
	for _, r := range l.rows {
		text := fmt.Sprintf("%s: %d copies", words.Plain(r.Phase), r.Count)
		if r.P50 != nil {
			text += fmt.Sprintf(", median %s s", words.Exact(*r.P50))
		}
		said = append(said, text)
	}
	return "Time to be accepted. " + strings.Join(said, "; ") + "."
}
