package pdf

import (
	"fmt"
	"math"

	"maildrill/reports/figure"
)

// palette shows every ink, hatch, shape, dash and way of lettering.
func paletteFigure() figure.Figure {
	return figure.Figure{ID: "palette", Title: "Everything that a canvas draws", Width: 640, Height: 300, Draw: func(c figure.Canvas) {
		for i := range figure.Fault6 {
			in := i + 1
			x := 10 + 38*float64(i%16)
			c.Path(figure.Box{X: x, Y: 10, W: 30, H: 30}.Corners(), true, figure.Style{Fill: in, Stroke: figure.Text, Width: .5})
			c.Path(figure.Box{X: x, Y: 44, W: 30, H: 14}.Corners(), true, figure.Style{Fill: in, Opacity: .15})
		}
		for h := range figure.Level + 1 {
			x := 10 + 100*float64(h)
			c.Path(figure.Box{X: x, Y: 70, W: 60, H: 40}.Corners(), true, figure.Style{Stroke: figure.Blind, Hatch: h})
			c.Path([]figure.Point{{X: x + 62, Y: 110}, {X: x + 77, Y: 70}, {X: x + 92, Y: 110}}, true, figure.Style{Fill: figure.Good, Opacity: .2, Stroke: figure.Good, Hatch: h, Width: .7})
		}
		for s := range figure.Tick + 1 {
			for k := range 6 {
				at := []figure.Point{{X: 20 + 14*float64(k) + 88*float64(s), Y: 130}}
				c.Marks(s, at, 2+float64(k)*1.6, figure.Style{Fill: figure.Accent, Stroke: []figure.Ink{figure.None, figure.Text}[k%2], Width: .8})
			}
		}
		for d := range figure.Dotted + 1 {
			y := 150 + 8*float64(d)
			c.Path([]figure.Point{{X: 10, Y: y}, {X: 200, Y: y}, {X: 210, Y: y + 5}, {X: 300, Y: y}}, false, figure.Style{Stroke: figure.Bad, Dash: d, Width: 1.2})
		}
		c.Text(figure.Point{X: 330, Y: 240}, "reads upward", figure.Lettering{Upward: true})
		c.Text(figure.Point{X: 350, Y: 240}, "middle, upward", figure.Lettering{Upward: true, Anchor: figure.Middle, Bold: true})
		c.Text(figure.Point{X: 370, Y: 240}, "end, upward", figure.Lettering{Upward: true, Anchor: figure.End, Mono: true})
		c.Path([]figure.Point{{X: 320, Y: 240}, {X: 380, Y: 240}}, false, figure.Style{Stroke: figure.Grid})
		for a := range figure.End + 1 {
			c.Text(figure.Point{X: 500, Y: 180 + 14*float64(a)}, fmt.Sprintf("anchor %d λ Ж 漢", a), figure.Lettering{Anchor: a, Ink: figure.Muted})
		}
		c.Path([]figure.Point{{X: 500, Y: 165}, {X: 500, Y: 215}}, false, figure.Style{Stroke: figure.Grid})
		c.Group(figure.Group{Label: "clipped", Link: "e-0007", Clip: &figure.Box{X: 10, Y: 190, W: 120, H: 60}}, func() {
			c.Path(figure.Box{X: -100, Y: 180, W: 400, H: 100}.Corners(), true, figure.Style{Fill: figure.Fault1, Opacity: .1, Stroke: figure.Fault1, Hatch: figure.Rising})
			c.Text(figure.Point{X: 60, Y: 220}, "clipped at the box and a link", figure.Lettering{Bold: true})
		})
		c.Path([]figure.Point{{X: math.NaN(), Y: 3}, {X: math.Inf(1), Y: 3}, {X: 140, Y: 260}, {X: 300, Y: 262}}, false, figure.Style{Stroke: figure.Second})
	}}
}

// timeline is a run in the manner of the real one: faults as shaded windows,
// lanes of services, messages by latency, a ruler.
func timelineFigure(points int) figure.Figure {
	const left, right, w = 90.0, 940.0, 960.0
	x := func(s float64) float64 { return left + (right-left)*s/90 }
	return figure.Figure{ID: "timeline", Title: "What happened, second by second", Alt: "A crash of mx1 from 15 s to 45 s.", Width: w, Height: 430,
		Axis: &figure.Axis{Left: left, Right: right, To: 90}, Draw: func(c figure.Canvas) {
			for s := 0.0; s <= 90; s += 10 {
				c.Path([]figure.Point{{X: x(s), Y: 40}, {X: x(s), Y: 400}}, false, figure.Style{Stroke: figure.Grid, Width: .6})
				c.Text(figure.Point{X: x(s), Y: 414}, fmt.Sprintf("%.0f s", s), figure.Lettering{Anchor: figure.Middle, Ink: figure.Muted})
			}
			c.Group(figure.Group{Label: "crash", Link: "e-0002"}, func() {
				c.Path(figure.Box{X: x(15), Y: 20, W: x(45) - x(15), H: 380}.Corners(), true, figure.Style{Fill: figure.Fault1, Opacity: .1})
				c.Path(figure.Box{X: x(15), Y: 20, W: x(45) - x(15), H: 16}.Corners(), true, figure.Style{Fill: figure.Fault1, Opacity: .3, Stroke: figure.Fault1, Hatch: figure.Rising})
				c.Text(figure.Point{X: x(15) + 4, Y: 16}, "crash: node.crash on mx1", figure.Lettering{Bold: true, Ink: figure.Fault1})
			})
			for i, lane := range []string{"submission", "mx", "delivery", "imap"} {
				y := 50 + 22*float64(i)
				c.Text(figure.Point{X: left - 6, Y: y + 11}, lane, figure.Lettering{Anchor: figure.End})
				c.Path(figure.Box{X: left, Y: y, W: right - left, H: 15}.Corners(), true, figure.Style{Fill: figure.Good, Opacity: .25, Stroke: figure.Good, Width: .5})
				if i%2 == 1 {
					c.Path(figure.Box{X: x(15.2), Y: y, W: x(17.6+8*float64(i)) - x(15.2), H: 15}.Corners(), true, figure.Style{Fill: figure.Bad, Opacity: .5, Stroke: figure.Bad, Hatch: figure.Crossed})
				}
				c.Path(figure.Box{X: x(80), Y: y, W: x(90) - x(80), H: 15}.Corners(), true, figure.Style{Fill: figure.Paper, Stroke: figure.Blind, Hatch: figure.Specks})
			}
			c.Text(figure.Point{X: 16, Y: 300}, "seconds to delivery (log)", figure.Lettering{Upward: true, Anchor: figure.Middle, Ink: figure.Muted})
			var dots, late []figure.Point
			for i := range points {
				s := 90 * float64(i) / float64(points)
				y := 360 - 60*math.Abs(math.Sin(float64(i)*12.9898)*43758.5453-math.Floor(math.Sin(float64(i)*12.9898)*43758.5453))
				if s > 15 && s < 30 {
					late = append(late, figure.Point{X: x(s), Y: y - 100})
					continue
				}
				dots = append(dots, figure.Point{X: x(s), Y: y})
			}
			c.Group(figure.Group{Clip: &figure.Box{X: left, Y: 150, W: right - left, H: 250}, Scroll: true}, func() {
				c.Marks(figure.Dot, dots, 2.4, figure.Style{Fill: figure.Accent})
				c.Marks(figure.Triangle, late, 5, figure.Style{Fill: figure.Open})
				c.Marks(figure.Cross, []figure.Point{{X: x(15.1), Y: 160}, {X: x(15.4), Y: 160}}, 7, figure.Style{Stroke: figure.Bad, Width: 1.5})
			})
			c.Path([]figure.Point{{X: x(25), Y: 40}, {X: x(25), Y: 400}}, false, figure.Style{Stroke: figure.Text, Dash: figure.Dashed})
			c.Text(figure.Point{X: x(25) + 3, Y: 150}, "RTO 10 s", figure.Lettering{Bold: true})
			c.Path([]figure.Point{{X: left, Y: 400}, {X: right, Y: 400}}, false, figure.Style{Stroke: figure.Text})
		}}
}

// bullet is the bar of an objective: measured interval against its target.
func bulletFigure(id string, low, high, target float64, ink figure.Ink) *figure.Figure {
	most := max(high, target) * 1.3
	return &figure.Figure{ID: id, Title: id, Width: 220, Height: 26, Draw: func(c figure.Canvas) {
		x := func(v float64) float64 { return 2 + 216*v/most }
		c.Path(figure.Box{X: x(0), Y: 4, W: 216, H: 10}.Corners(), true, figure.Style{Fill: figure.Grid})
		c.Path(figure.Box{X: x(0), Y: 6, W: x(low) - x(0), H: 6}.Corners(), true, figure.Style{Fill: ink})
		c.Path(figure.Box{X: x(low), Y: 6, W: x(high) - x(low), H: 6}.Corners(), true, figure.Style{Fill: ink, Opacity: .4, Stroke: ink, Hatch: figure.Rising, Width: .6})
		c.Path([]figure.Point{{X: x(target), Y: 1}, {X: x(target), Y: 17}}, false, figure.Style{Stroke: figure.Text, Width: 1.6})
		c.Text(figure.Point{X: x(target), Y: 25}, fmt.Sprintf("%g s", target), figure.Lettering{Anchor: figure.Middle, Size: 8, Ink: figure.Muted})
		c.Text(figure.Point{X: x(0), Y: 25}, "0", figure.Lettering{Size: 8, Ink: figure.Muted})
	}}
}

// waterfall is the recovery from fault to normal.
func waterfallFigure() figure.Figure {
	return figure.Figure{ID: "waterfall", Title: "From the fault to normal again", Width: 520, Height: 150, Draw: func(c figure.Canvas) {
		parts := []struct {
			name     string
			from, to float64
		}{{"detection", 0, .6}, {"failover of mx", .6, 2.4}, {"delivery again", 2.4, 9.8}, {"queue empty", 9.8, 32.1}, {"normal", 32.1, 41}}
		for i, p := range parts {
			y := 12 + 26*float64(i)
			c.Text(figure.Point{X: 92, Y: y + 11}, p.name, figure.Lettering{Anchor: figure.End})
			c.Path(figure.Box{X: 100 + p.from*9, Y: y, W: (p.to - p.from) * 9, H: 15}.Corners(), true, figure.Style{Fill: figure.Accent, Opacity: .8})
			c.Text(figure.Point{X: 104 + p.to*9, Y: y + 11}, fmt.Sprintf("%.1f s", p.to-p.from), figure.Lettering{Mono: true, Size: 8})
		}
	}}
}
