package pdf

import (
	"math"

	"maildrill/reports/figure"
)

// many is from where on marks are drawn with fewer corners: nobody sees each.
const many = 300

// Marks implements [figure.Canvas]. All marks of a call are one path.
func (c *canvas) Marks(shape figure.Shape, points []figure.Point, size float64, s figure.Style) {
	at := c.places(points)
	size = max(0.8, size*c.scale)
	if len(at) == 0 || s.Fill == figure.None && s.Stroke == figure.None {
		return
	}
	c.reach.over(at, size/2)
	line := s.Stroke
	if line == figure.None {
		line = s.Fill
	}
	switch shape {
	case figure.Dot:
		c.dots(at, size, s)
	case figure.Cross, figure.Tick:
		c.stroke(s, line)
		c.press.draw(c.strokes(shape, at, size/2), "S")
	case figure.Ring:
		c.stroke(s, line)
		c.press.draw(c.outlines(shape, at, size/2), "S")
	default:
		c.solids(c.outlines(shape, at, size/2), s)
	}
}

// dots are lines of no length with round ends: the shortest way to say a dot.
func (c *canvas) dots(at []figure.Point, size float64, s figure.Style) {
	pen := c.press.pen()
	for _, p := range at {
		pen.move(p.X, p.Y).line(p.X+0.01, p.Y)
	}
	c.press.file.RawWriteStr("1 J")
	c.veil(s.Opacity, func() {
		if s.Stroke != figure.None {
			c.press.stroke(ink(s.Stroke), size+c.width(s), solid)
			c.press.draw(pen, "S")
		}
		if s.Fill != figure.None {
			if s.Stroke != figure.None {
				size -= c.width(s)
			}
			c.press.stroke(ink(s.Fill), max(0.2, size), solid)
			c.press.draw(pen, "S")
		}
	})
	c.press.file.RawWriteStr("0 J")
}

// solids fills and strokes a path of many parts.
func (c *canvas) solids(pen *pen, s figure.Style) {
	if s.Fill != figure.None {
		c.veil(s.Opacity, func() {
			c.press.fill(ink(s.Fill))
			c.press.draw(pen, "f")
		})
	}
	if s.Stroke != figure.None {
		c.stroke(s, s.Stroke)
		c.press.draw(pen, "S")
	}
}

func (c *canvas) strokes(shape figure.Shape, at []figure.Point, r float64) *pen {
	pen := c.press.pen()
	for _, p := range at {
		if shape == figure.Tick {
			pen.move(p.X, p.Y-r).line(p.X, p.Y+r)
			continue
		}
		pen.move(p.X-r, p.Y-r).line(p.X+r, p.Y+r).move(p.X-r, p.Y+r).line(p.X+r, p.Y-r)
	}
	return pen
}

func (c *canvas) outlines(shape figure.Shape, at []figure.Point, r float64) *pen {
	pen := c.press.pen()
	for _, p := range at {
		switch shape {
		case figure.Square:
			pen.rect(p.X-r, p.Y-r, 2*r, 2*r)
		case figure.Triangle:
			pen.move(p.X, p.Y-r).line(p.X+r, p.Y+r).line(p.X-r, p.Y+r).close()
		case figure.Diamond:
			pen.ring(p.X, p.Y, r, 4, math.Pi/2)
		default:
			if len(at) < many {
				pen.circle(p.X, p.Y, r)
			} else {
				pen.ring(p.X, p.Y, r, 8, math.Pi/8)
			}
		}
	}
	return pen
}
