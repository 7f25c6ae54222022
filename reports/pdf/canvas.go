package pdf

import (
	"math"

	"maildrill/reports/figure"
)

// canvas draws a figure on the page that is under the press: its plane is made
// smaller, and lies with its corner at x, y.
type canvas struct {
	press  *press
	script *script
	x, y   float64
	scale  float64
	reach  *reach // of the group that is a link; nil: none is
}

var _ figure.Canvas = (*canvas)(nil)

// at is where a point of the figure is on the page.
func (c *canvas) at(p figure.Point) (x, y float64) { return c.x + p.X*c.scale, c.y + p.Y*c.scale }

// places are the points on the page; what is no number is no point.
func (c *canvas) places(points []figure.Point) []figure.Point {
	out := make([]figure.Point, 0, len(points))
	for _, p := range points {
		x, y := c.at(p)
		if math.Abs(x) < 1e6 && math.Abs(y) < 1e6 {
			out = append(out, figure.Point{X: x, Y: y})
		}
	}
	c.reach.over(out, 0)
	return out
}

// Path implements [figure.Canvas].
func (c *canvas) Path(points []figure.Point, closed bool, s figure.Style) {
	at := c.places(points)
	if len(at) < 2 {
		return
	}
	if closed && s.Fill != figure.None {
		c.veil(s.Opacity, func() {
			c.press.fill(ink(s.Fill))
			c.press.draw(c.path(at, true), "f")
		})
	}
	if closed && s.Hatch != figure.Plain && s.Stroke != figure.None {
		c.hatched(at, s)
	}
	if s.Stroke != figure.None {
		c.stroke(s, s.Stroke)
		c.press.draw(c.path(at, closed), "S")
	}
}

// path goes through points; those that print at the same place are one.
func (c *canvas) path(at []figure.Point, closed bool) *pen {
	pen := c.press.pen().move(at[0].X, at[0].Y)
	last := at[0]
	for _, p := range at[1:] {
		if math.Abs(p.X-last.X) >= 0.01 || math.Abs(p.Y-last.Y) >= 0.01 || len(at) == 2 {
			pen.line(p.X, p.Y)
			last = p
		}
	}
	if closed {
		pen.close()
	}
	return pen
}

// veil draws what covers only so much of what is below.
func (c *canvas) veil(opacity float64, draw func()) {
	if opacity <= 0 || opacity >= 1 {
		draw()
		return
	}
	c.press.opacity(opacity)
	draw()
	c.press.opacity(1)
}

// stroke takes the ink and the width of a style; a line is never too thin to
// print.
func (c *canvas) stroke(s figure.Style, i figure.Ink) {
	dash := solid
	switch s.Dash {
	case figure.Dashed:
		dash = dashed
	case figure.Dotted:
		dash = dotted
	}
	c.press.stroke(ink(i), c.width(s), dash)
}

func (c *canvas) width(s figure.Style) float64 {
	w := s.Width
	if w <= 0 {
		w = 1
	}
	return max(0.3, w*c.scale)
}

// hatched draws the pattern of a style inside of a polygon.
func (c *canvas) hatched(at []figure.Point, s figure.Style) {
	var r reach
	r.over(at, 0)
	r.within(0, 0, c.press.w, c.press.h)
	c.press.save("")
	c.press.draw(c.path(at, true), "W n")
	scale := max(0.75, c.scale)
	c.press.hatch(hatchOf(s.Hatch), r.x1, r.y1, r.x2-r.x1, r.y2-r.y1, 3.3*scale, 0.65*scale, ink(s.Stroke))
	c.press.restore()
}

// Text implements [figure.Canvas].
func (c *canvas) Text(at figure.Point, text string, l figure.Lettering) {
	places := c.places([]figure.Point{at})
	if len(places) == 0 {
		return
	}
	text = c.script.label(text, labelBound)
	letter := c.letter(l)
	width := c.press.metrics.width(letter, text)
	shift := width * map[figure.Anchor]float64{figure.Start: 0, figure.Middle: .5, figure.End: 1}[l.Anchor]
	x, y := places[0].X, places[0].Y
	if !l.Upward {
		c.reach.over([]figure.Point{{X: x - shift, Y: y - letter.size}, {X: x - shift + width, Y: y}}, 0)
		c.press.text(letter, x-shift, y, text)
		return
	}
	c.reach.over([]figure.Point{{X: x - letter.size, Y: y + shift}, {X: x, Y: y + shift - width}}, 0)
	c.press.save("0 1 -1 0 " + number(x) + " " + number(c.press.h-y) + " cm")
	c.press.now = nothing
	c.press.text(letter, -shift, c.press.h, text)
	c.press.restore()
}

func (c *canvas) letter(l figure.Lettering) letter {
	out := letter{regular, max(readable, sizeOf(l)*c.scale), ink(max(l.Ink, figure.Text))}
	switch {
	case l.Mono && l.Bold:
		out.face = monoBold
	case l.Mono:
		out.face = mono
	case l.Bold:
		out.face = bold
	}
	return out
}

// sizeOf is the size of words in points of the figure.
func sizeOf(l figure.Lettering) float64 {
	if l.Size <= 0 {
		return 9
	}
	return l.Size
}

// Group implements [figure.Canvas].
func (c *canvas) Group(g figure.Group, draw func()) {
	if g.Clip != nil {
		x, y := c.at(figure.Point{X: g.Clip.X, Y: g.Clip.Y})
		c.press.save("")
		c.press.draw(c.press.pen().rect(x, y, g.Clip.W*c.scale, g.Clip.H*c.scale), "W n")
		defer c.press.restore()
	}
	outer := c.reach
	c.reach = &reach{}
	draw()
	inner := c.reach
	if g.Clip != nil {
		x, y := c.at(figure.Point{X: g.Clip.X, Y: g.Clip.Y})
		inner.within(x, y, x+g.Clip.W*c.scale, y+g.Clip.H*c.scale)
	}
	if inner.any {
		c.press.link(g.Link, inner.x1, inner.y1, inner.x2-inner.x1, inner.y2-inner.y1)
		outer.over([]figure.Point{{X: inner.x1, Y: inner.y1}, {X: inner.x2, Y: inner.y2}}, 0)
	}
	c.reach = outer
}

// reach is the box around what was drawn.
type reach struct {
	any            bool
	x1, y1, x2, y2 float64
}

// over makes the box hold points with so much around them.
func (r *reach) over(points []figure.Point, around float64) {
	if r == nil {
		return
	}
	for _, p := range points {
		if !r.any {
			*r = reach{true, p.X, p.Y, p.X, p.Y}
		}
		r.x1, r.y1 = min(r.x1, p.X-around), min(r.y1, p.Y-around)
		r.x2, r.y2 = max(r.x2, p.X+around), max(r.y2, p.Y+around)
	}
}

// within cuts the box to another.
func (r *reach) within(x1, y1, x2, y2 float64) {
	r.x1, r.y1, r.x2, r.y2 = max(r.x1, x1), max(r.y1, y1), min(r.x2, x2), min(r.y2, y2)
}
