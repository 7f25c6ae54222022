package trend

import (
	"fmt"
	"math"

	"maildrill/harness/record"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// Sizes of the figure, in points.
const (
	figureWidth  = 840
	figureHeight = 150
	gutter       = 60 // left of the plot
	headroom     = 14
	footroom     = 30
)

// figure draws each run as its measured interval, in the order of time, with the
// target as a line above them and the limit of the rule.
func (l Line) figure(n int) figure.Figure {
	return figure.Figure{ID: figureID(n), Title: fmt.Sprintf("%s over %d runs", words.Plain(l.Objective), len(l.Points)), Width: figureWidth, Height: figureHeight,
		Alt:  fmt.Sprintf("%s over %d runs; %s: %s.", words.Plain(l.Objective), len(l.Points), l.Finding.State, words.Plain(l.Finding.Why)),
		Draw: func(c figure.Canvas) { newPlot(l, c).draw() }}
}

// plot maps runs and seconds to the plane.
type plot struct {
	figure.Canvas
	line Line
	top  float64 // end of the scale, in the unit
	step float64 // from one run to the next, in points
}

func newPlot(l Line, c figure.Canvas) *plot {
	top := l.top(l.Points) * 1.1
	if f := l.Finding.Limit; f != nil {
		top = math.Max(top, *f*1.1)
	}
	if !(top > 0) || math.IsInf(top, 0) {
		top = 1
	}
	return &plot{Canvas: c, line: l, top: top, step: (figureWidth - gutter - 10) / float64(max(1, len(l.Points)))}
}

func (p *plot) x(n int) float64 { return gutter + (float64(n)+0.5)*p.step }

func (p *plot) y(v float64) float64 {
	share := v / p.top
	if !(share > 0) { // also: not a number
		share = 0
	}
	return figureHeight - footroom - math.Min(share, 1)*(figureHeight-footroom-headroom)
}

func (p *plot) draw() {
	ground := p.y(0)
	p.rule(ground, figure.Style{Stroke: figure.Muted, Width: 0.5})
	p.word(gutter-6, ground, "0", figure.End)
	p.word(gutter-6, p.y(p.top)+6, words.High(p.top)+" "+words.Plain(p.line.Unit), figure.End)
	p.limits()
	for n, point := range p.line.Points {
		s := style(point)
		if f := p.line.Finding; f.State == Regressed && f.Newest == point.Folder {
			s = figure.Style{Fill: figure.Bad, Stroke: figure.Bad, Width: 1.5}
		}
		p.Group(figure.Group{Label: p.said(point)}, func() { p.point(p.x(n), point, s) })
	}
	p.ends()
}

func (p *plot) rule(y float64, s figure.Style) {
	p.Path([]figure.Point{{X: gutter, Y: y}, {X: figureWidth - 10, Y: y}}, false, s)
}

func (p *plot) word(x, y float64, text string, a figure.Anchor) {
	p.Text(figure.Point{X: x, Y: y}, text, figure.Lettering{Ink: figure.Muted, Anchor: a})
}

// limits draws the target run by run, because it may change, and the limit of
// the rule at the newest.
func (p *plot) limits() {
	for n, point := range p.line.Points {
		if v, ok := target(point.Target); ok {
			at := p.y(v)
			p.Path([]figure.Point{{X: p.x(n) - p.step/2, Y: at}, {X: p.x(n) + p.step/2, Y: at}}, false, figure.Style{Stroke: figure.Text, Width: 1.2})
		}
	}
	if limit := p.line.Finding.Limit; limit != nil {
		p.rule(p.y(*limit), figure.Style{Stroke: figure.Open, Width: 1, Dash: figure.Dashed})
		p.word(gutter+2, p.y(*limit)-3, "limit of the rule", figure.Start)
	}
}

// point draws the interval as an upright bar with ends; without data a hatched
// column, with an open end an arrow. What is not sound is hatched too.
func (p *plot) point(x float64, point Point, s figure.Style) {
	half := math.Min(p.step*0.35, 7)
	if point.Measured == nil {
		p.Path(figure.Box{X: x - half, Y: p.y(p.top), W: 2 * half, H: p.y(0) - p.y(p.top)}.Corners(), true,
			figure.Style{Fill: figure.Paper, Stroke: figure.Blind, Hatch: figure.Falling, Width: 0.5})
		return
	}
	high, low := p.y(height(*point.Measured)), p.y(point.Measured.Low)
	p.Path(figure.Box{X: x - half, Y: high, W: 2 * half, H: math.Max(low-high, 2)}.Corners(), true, s)
	if point.Measured.High == nil {
		p.Marks(figure.Triangle, []figure.Point{{X: x, Y: high - 5}}, 6, figure.Style{Fill: figure.Bad})
	}
	if len(point.Changed) > 0 {
		p.Marks(figure.Diamond, []figure.Point{{X: x, Y: p.y(0) + 7}}, 5, figure.Style{Fill: figure.Accent})
	}
}

func style(point Point) figure.Style {
	switch {
	case !point.Sound:
		return figure.Style{Fill: figure.Paper, Stroke: figure.Blind, Hatch: figure.Crossed, Width: 0.75}
	case point.Verdict == record.Failed:
		return figure.Style{Fill: figure.Bad, Stroke: figure.Bad, Hatch: figure.Rising, Width: 0.5}
	case point.Verdict == record.Passed:
		return figure.Style{Fill: figure.Good, Stroke: figure.Good, Width: 0.5}
	}
	return figure.Style{Fill: figure.Paper, Stroke: figure.Open, Hatch: figure.Specks, Width: 0.75}
}

func (p *plot) said(point Point) string {
	said := point.Started.Format("2006-01-02 15:04") + ": " + words.Interval(point.Measured, p.line.Unit) + ", " + words.Verdict(point.Verdict)
	if note := point.note(); note != "" {
		said += "; " + note
	}
	return said
}

// ends names the first and the last run, and what the marks are.
func (p *plot) ends() {
	if len(p.line.Points) == 0 {
		return
	}
	const base = figureHeight - 4
	first, last := p.line.Points[0], p.line.Points[len(p.line.Points)-1]
	p.word(gutter, base, first.Started.Format("2006-01-02"), figure.Start)
	p.word(figureWidth-10, base, last.Started.Format("2006-01-02"), figure.End)
	p.word((gutter+figureWidth)/2, base, "full line: target; diamond: something changed; hatched: not sound", figure.Middle)
}
