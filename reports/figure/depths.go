package figure

import (
	"fmt"
	"math"

	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// depths show the queue of each node, in steps: between two readings nothing is
// known.
type depths struct {
	plotted
	lines []chronicle.Depth // those that are drawn
	most  float64
}

// depthsMost is how many queues can be told apart in one plot.
const depthsMost = 6

var depthStyles = [depthsMost]Style{
	{Stroke: Accent, Width: 1.3}, {Stroke: Second, Width: 1.3, Dash: Dashed}, {Stroke: Text, Width: 1.3, Dash: Dotted},
	{Stroke: Fault2, Width: 2}, {Stroke: Muted, Width: 2, Dash: Dashed}, {Stroke: Fault6, Width: 2, Dash: Dotted},
}

func newDepths(s *stage) *depths {
	d := &depths{plotted: plotted{stage: s, title: "Queued messages", depth: 48}}
	empty := 0
	for _, line := range deepestFirst(s.chronicle.Depths) {
		switch {
		case deepest(line) == 0 && !gaps(line):
			empty++
		case len(d.lines) < depthsMost:
			d.lines = append(d.lines, line)
			d.keys = append(d.keys, lineKey(line.Node, depthStyles[len(d.lines)-1]))
			d.most = max(d.most, deepest(line))
		default:
			d.note = fmt.Sprintf("the %d deepest of %d queues", depthsMost, len(s.chronicle.Depths))
		}
	}
	if d.note == "" && empty > 0 {
		d.note = fmt.Sprintf("%d more, empty at every reading", empty)
		if len(d.lines) == 0 {
			d.note = counted(empty, "queue") + ", empty at every reading"
		}
	}
	return d
}

// deepestFirst orders queues by their deepest reading, else as they are.
func deepestFirst(all []chronicle.Depth) []chronicle.Depth {
	out := make([]chronicle.Depth, 0, len(all))
	for _, d := range all {
		i := len(out)
		for i > 0 && deepest(out[i-1]) < deepest(d) {
			i--
		}
		out = append(out[:i], append([]chronicle.Depth{d}, out[i:]...)...)
	}
	return out
}

func deepest(d chronicle.Depth) float64 {
	most := 0
	for _, r := range d.Readings {
		if r.Error == "" {
			most = max(most, r.Count)
		}
	}
	return float64(most)
}

func gaps(d chronicle.Depth) bool {
	for _, r := range d.Readings {
		if r.Error != "" {
			return true
		}
	}
	return false
}

func (d *depths) height() float64 {
	if len(d.chronicle.Depths) == 0 {
		return 0
	}
	if len(d.lines) == 0 {
		return headRoom + footRoom/2
	}
	return d.plotted.height()
}

func (d *depths) draw(p *pen) {
	d.head(p)
	if len(d.lines) == 0 {
		return
	}
	a := d.area()
	y := scale{from: 0, to: math.Max(roundUp(d.most), 4), low: a.Y + a.H, end: a.Y}
	d.levels(p, y, y.ticks(2, wholeSteps), decimal)
	d.framed(p, "", func() {
		d.unread(p, y)
		for n, line := range d.lines {
			said := fmt.Sprintf("queue of %s: %d at most", words.Plain(line.Node), int(deepest(line)))
			p.group(Group{Label: said}, func() { d.steps(p, line, y, depthStyles[n]) })
		}
	})
}

// gapBar is the height of what stands for readings that are missing.
const gapBar = 4

// unread hatches the time before the first reading of all queues, and after the
// last.
func (d *depths) unread(p *pen, y scale) {
	first, last := math.Inf(1), math.Inf(-1)
	for _, line := range d.chronicle.Depths {
		for _, r := range line.Readings {
			if d.shown(r.At, r.At) {
				first, last = math.Min(first, r.At), math.Max(last, r.At)
			}
		}
	}
	if first > last {
		first, last = d.time.to, d.time.to
	}
	for _, s := range []chronicle.Stretch{{From: d.time.from, To: first}, {From: last, To: d.time.to}} {
		if s.To > s.From {
			p.group(Group{Label: "no queue was read"}, func() { p.box(d.span(s.From, s.To, y.low-gapBar, gapBar), blind) })
		}
	}
}

// steps draws one queue. Where it could not be read there is a gap, and a short
// hatched bar at the foot.
func (d *depths) steps(p *pen, line chronicle.Depth, y scale, s Style) {
	var run []Point
	for n, r := range line.Readings {
		until := d.time.to
		if n+1 < len(line.Readings) {
			until = line.Readings[n+1].At
		} else {
			until = math.Min(until, r.At)
		}
		if !d.shown(r.At, until) {
			continue
		}
		if r.Error != "" {
			stroke(p, run, s)
			run = nil
			p.box(d.span(r.At, until, y.low-gapBar, gapBar), blind)
			continue
		}
		v := y.at(float64(r.Count))
		run = append(run, Point{d.time.at(r.At), v}, Point{d.time.at(until), v})
	}
	stroke(p, lean(run), s)
}

// lean leaves out points that lie on the line between their neighbours.
func lean(at []Point) []Point {
	var out []Point
	for _, p := range at {
		if n := len(out); n >= 2 && out[n-1].Y == p.Y && out[n-2].Y == p.Y && p.X >= out[n-1].X && out[n-1].X >= out[n-2].X {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

// wholeSteps are steps for counts.
var wholeSteps = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
