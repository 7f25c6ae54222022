package figure

import (
	"fmt"
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Outcome is one run in a history.
type Outcome struct {
	Label    string           // of the run: its date
	Measured *record.Interval // nil: no data
	Verdict  record.Verdict
	Change   string // what is not as in the run before; empty: nothing is known to be
	Link     string // anchor in the document; may be empty
}

// History is one quantity over runs, the oldest first.
type History struct {
	ID     string
	Title  string
	Unit   string
	Target *float64 // nil: none
	Runs   []Outcome
}

// Trend shows a quantity over runs with what was measured as intervals, its
// target, and where something was changed in between.
func Trend(h History) Figure {
	const height = 170
	t := newTrend(h, Box{56, 22, Narrow - 56 - 14, height - 22 - 26})
	return Figure{ID: "trend-" + anchorOf(h.ID), Title: words.Plain(h.Title), Alt: t.alt(), Width: Narrow, Height: height,
		Draw: func(c Canvas) { t.draw(newPen(c, Narrow, height)) }}
}

// Sparkline is a trend without words, for a line of a table.
func Sparkline(h History) Figure {
	const width, height = 120, 24
	t := newTrend(h, Box{5, 4, width - 10, height - 8})
	return Figure{ID: "spark-" + anchorOf(h.ID), Title: words.Plain(h.Title), Alt: t.alt(), Width: width, Height: height,
		Draw: func(c Canvas) { t.points(newPen(c, width, height), 4) }}
}

type trend struct {
	History
	area Box
	y    scale
}

func newTrend(h History, area Box) *trend {
	t := &trend{History: h, area: area, y: scale{low: area.Y + area.H, end: area.Y}}
	most := 0.0
	if h.Target != nil {
		most = number(*h.Target) * 1.15
	}
	for _, r := range h.Runs {
		if r.Measured != nil {
			most = math.Max(most, math.Max(number(r.Measured.Low)*1.1, number(upper(r.Measured, r.Measured.Low))))
		}
	}
	t.y.to = roundUp(most)
	return t
}

// place is where a run is across: they are as far apart as each other.
func (t *trend) place(n int) float64 {
	if len(t.Runs) == 1 {
		return t.area.X + t.area.W/2
	}
	return t.area.X + t.area.W*float64(n)/float64(len(t.Runs)-1)
}

func (t *trend) draw(p *pen) {
	small := Lettering{Ink: Muted, Size: smallSize, Anchor: End}
	for _, v := range t.y.ticks(4, nil) {
		y := t.y.at(v)
		p.line(t.area.X-4, y, t.area.X+t.area.W+4, y, Style{Stroke: Grid, Width: 0.5})
		p.fitted(Point{t.area.X - 10, y + 3}, decimal(v)+" "+t.Unit, t.area.X-12, small)
	}
	p.line(t.area.X-4, t.y.low, t.area.X+t.area.W+4, t.y.low, Style{Stroke: Muted, Width: 0.75})
	t.changes(p)
	t.points(p, 7)
	t.labels(p)
	if len(t.Runs) == 0 {
		p.label(Point{t.area.X + t.area.W/2, t.area.Y + t.area.H/2}, "no runs", Lettering{Ink: Muted, Anchor: Middle})
	}
}

// labels names the runs, the last and the first before those between.
func (t *trend) labels(p *pen) {
	base := t.y.low + 14
	named := func(n int) {
		a, x := Middle, t.place(n)
		switch {
		case len(t.Runs) > 1 && n == 0:
			a, x = Start, x-4
		case len(t.Runs) > 1 && n == len(t.Runs)-1:
			a, x = End, x+4
		}
		p.first(Point{x, base}, t.area.W, Lettering{Ink: Muted, Size: smallSize, Anchor: a}, t.Runs[n].Label)
	}
	if len(t.Runs) > 0 {
		named(len(t.Runs) - 1)
	}
	for n := 0; n < len(t.Runs)-1; n++ {
		named(n)
	}
}

// changes marks where the system or the drill was not as before.
func (t *trend) changes(p *pen) {
	for n, r := range t.Runs {
		if r.Change == "" {
			continue
		}
		x := t.place(n)
		if n > 0 {
			x = (x + t.place(n-1)) / 2
		}
		p.group(Group{Label: "changed: " + r.Change}, func() {
			p.line(x, t.area.Y-6, x, t.y.low, Style{Stroke: Muted, Width: 0.75, Dash: Dashed})
			p.Marks(Diamond, []Point{{x, t.area.Y - 8}}, 6, filled(Muted))
			l := Lettering{Ink: Muted, Size: smallSize}
			if !p.first(Point{x + 6, t.area.Y - 6}, t.area.W, l, r.Change) {
				l.Anchor = End
				p.first(Point{x - 6, t.area.Y - 6}, t.area.W, l, r.Change)
			}
		})
	}
}

// points draws the target and the runs, with marks of a size.
func (t *trend) points(p *pen, size float64) {
	if t.Target != nil && finite(*t.Target) {
		y := t.y.at(*t.Target)
		p.line(t.area.X-4, y, t.area.X+t.area.W+4, y, Style{Stroke: Text, Width: 1, Dash: Dashed})
		if size > 5 {
			p.plated(Point{t.area.X + 2, y - 4}, "at most "+decimal(*t.Target)+" "+t.Unit, Lettering{Size: smallSize})
		}
	}
	var run []Point
	for n, r := range t.Runs {
		if r.Measured == nil {
			stroke(p, run, Style{Stroke: Accent, Width: 1})
			run = nil
			continue
		}
		run = append(run, Point{t.place(n), t.y.at(middle(*r.Measured))})
	}
	if len(run) > 1 {
		stroke(p, run, Style{Stroke: Accent, Width: 1})
	}
	for n, r := range t.Runs {
		said := fmt.Sprintf("%s: %s, %s", words.Plain(r.Label), words.Interval(r.Measured, t.Unit), words.Verdict(r.Verdict))
		p.group(Group{Label: said, Link: r.Link}, func() { t.point(p, r, t.place(n), size) })
	}
}

func middle(i record.Interval) float64 { return (number(i.Low) + number(upper(&i, i.Low))) / 2 }

// point draws a run: its interval upright, its verdict as a mark.
func (t *trend) point(p *pen, r Outcome, x, size float64) {
	if r.Measured == nil {
		p.box(Box{x - size/2, t.area.Y, size, t.area.H}, blind)
		return
	}
	mark, s := outcomeMark(r.Verdict)
	low, high := t.y.at(r.Measured.Low), t.y.at(upper(r.Measured, math.Inf(1)))
	p.line(x, low, x, high, Style{Stroke: s.Stroke, Width: 1.2})
	if r.Measured.High == nil {
		p.Path([]Point{{x - size/2, high + size/2}, {x, high - 1}, {x + size/2, high + size/2}}, true, Style{Fill: s.Stroke, Stroke: s.Stroke, Width: 0.5})
	} else if high < low-1 {
		p.line(x-size/2, high, x+size/2, high, Style{Stroke: s.Stroke, Width: 1})
		p.line(x-size/2, low, x+size/2, low, Style{Stroke: s.Stroke, Width: 1})
	}
	p.Marks(mark, []Point{{x, t.y.at(middle(*r.Measured))}}, size, s)
}

// outcomeMark is how a run is drawn by how it ended.
func outcomeMark(v record.Verdict) (Shape, Style) {
	switch v {
	case record.Passed:
		return Dot, Style{Fill: Good, Stroke: Good}
	case record.Failed:
		return Cross, Style{Stroke: Bad, Width: 1.8}
	}
	return Diamond, Style{Fill: Paper, Stroke: Open, Width: 1.2}
}

func (t *trend) alt() string {
	var said []string
	for _, r := range t.Runs {
		said = append(said, fmt.Sprintf("%s %s %s", words.Plain(r.Label), words.Interval(r.Measured, t.Unit), words.Verdict(r.Verdict)))
	}
	if len(said) == 0 {
		return "No runs."
	}
	return counted(len(said), "run") + ": " + strings.Join(said, "; ") + "."
}
