package figure

import (
	"fmt"
	"math"

	"maildrill/reports/chronicle"
)

func (c *scatter) draw(p *pen) {
	c.head(p)
	for n, row := range c.rows {
		c.rail(p, row, c.top+headRoom+float64(n)*railPitch+railPitch/2)
	}
	a := c.area()
	y := c.y
	y.low, y.end = a.Y+a.H-plinth, a.Y
	c.levels(p, y, y.decades(), func(v float64) string {
		if c.view.floor > 0 && v <= y.from {
			return "up to " + spanWord(v)
		}
		return spanWord(v)
	})
	c.framed(p, "", func() {
		c.plane(p, y)
		c.lines(p, y)
	})
}

func (c *scatter) rail(p *pen, row railRow, y float64) {
	l := Lettering{Ink: Muted, Size: smallSize}
	word := railWords[row.rail]
	if row.rail == lostRail {
		lost := c.chronicle.Copies.Fates[chronicle.Lost]
		word = fmt.Sprintf("lost: %d", lost)
		if lost > 0 {
			l.Ink, l.Bold = Bad, true
		}
	}
	c.gutter(p, y+3, word, l)
	p.line(c.time.low, y, c.time.end, y, Style{Stroke: Grid, Width: 0.75})
	c.scrolled(p, "", y-railPitch/2, railPitch, func() {
		for _, d := range row.marks {
			at := make([]Point, len(d.at))
			for i, m := range d.at {
				at[i] = Point{c.time.at(m.due), y}
			}
			c.copies(p, d.mark, at)
		}
	})
}

func (c *scatter) plane(p *pen, y scale) {
	if limit := c.chronicle.Copies.Limit; c.view.rails && y.holds(limit) {
		p.line(c.time.low, y.at(limit), c.time.end, y.at(limit), limitLine)
	}
	for _, d := range c.marks {
		at := make([]Point, len(d.at))
		for i, m := range d.at {
			at[i] = Point{c.time.at(m.due), y.at(m.took)}
		}
		c.copies(p, d.mark, at)
	}
}

// copies draws those of one fate. Where there are many, those that are well are
// drawn smaller.
func (c *scatter) copies(p *pen, m fateMark, at []Point) {
	const few, many = 300, 3000
	size := m.size
	switch {
	case m.shape == Dot && len(at) < few:
		size *= 1.4
	case m.shape == Dot && len(at) > many:
		size *= 0.85
	}
	p.group(Group{Label: m.word + ": " + counted(len(at), "mark")}, func() { p.Marks(m.shape, at, size, m.style) })
}

// lines draw the percentiles of each bin; where there are too few copies there is a gap.
func (c *scatter) lines(p *pen, y scale) {
	for _, line := range []struct {
		of    func(chronicle.Quantile) *float64
		style Style
	}{
		{func(q chronicle.Quantile) *float64 { return q.P95 }, tailLine},
		{func(q chronicle.Quantile) *float64 { return q.P50 }, medianLine},
	} {
		var run []Point
		over := math.Inf(1) // the bin before
		for _, q := range c.view.quantiles(c.chronicle) {
			v := line.of(q)
			drawn := v != nil && !math.IsNaN(*v) && c.stage.shown(q.From, q.To)
			if !drawn || q.From > over {
				stroke(p, lean(run), line.style)
				run = nil
			}
			if over = q.To; !drawn {
				continue
			}
			run = append(run, Point{c.time.at(q.From), y.at(*v)}, Point{c.time.at(q.To), y.at(*v)})
		}
		stroke(p, lean(run), line.style)
	}
}

// stroke draws a line through points; a single one is a short line.
func stroke(p *pen, at []Point, s Style) {
	const half = 2
	switch len(at) {
	case 0:
	case 1:
		p.line(at[0].X-half, at[0].Y, at[0].X+half, at[0].Y, s)
	default:
		p.Path(at, false, s)
	}
}
