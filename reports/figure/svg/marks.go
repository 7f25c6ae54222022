package svg

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"maildrill/reports/figure"
)

// Marks draws all marks as one path. Each begins in its middle, with a capital M.
func (c *canvas) Marks(shape figure.Shape, at []figure.Point, size float64, s figure.Style) {
	if !(size > 0) || math.IsInf(size, 0) {
		return
	}
	mark := outline(shape, size/2)
	seen := make(map[string]bool, len(at))
	var d strings.Builder
	for _, p := range at {
		if !sound(p) {
			continue
		}
		// Two marks at one place look like one.
		if m := "M" + pair(p) + mark; !seen[m] {
			seen[m] = true
			d.WriteString(m)
		}
	}
	if d.Len() == 0 || s.Fill == figure.None && s.Stroke == figure.None {
		return
	}
	fmt.Fprintf(&c.body, `<path d="%s"`, d.String())
	if shape == figure.Dot {
		c.dots(size, s)
	} else {
		c.fill(figure.Style{Fill: s.Fill, Opacity: s.Opacity})
		c.stroke(s)
	}
	c.body.WriteString("/>")
}

// dots are the round ends of lines without a length.
func (c *canvas) dots(size float64, s figure.Style) {
	ink := s.Fill
	if ink == figure.None {
		ink = s.Stroke
	}
	fmt.Fprintf(&c.body, ` stroke="%s" stroke-width="%s" stroke-linecap="round"`, colour(ink), exact(size))
	if s.Opacity > 0 && s.Opacity < 1 {
		fmt.Fprintf(&c.body, ` stroke-opacity="%s"`, exact(s.Opacity))
	}
}

// outline draws a mark of half its size around where the path is.
func outline(shape figure.Shape, r float64) string {
	h, w := num(r), num(2*r)
	switch shape {
	case figure.Dot:
		return "h0"
	case figure.Ring:
		return fmt.Sprintf("m-%s 0a%s %s 0 1 0 %s 0a%s %s 0 1 0-%s 0", h, h, h, w, h, h, w)
	case figure.Square:
		return fmt.Sprintf("m-%s-%sh%sv%sh-%sz", h, h, w, w, w)
	case figure.Triangle:
		return fmt.Sprintf("m0-%sl%s %sh-%sz", h, h, w, w)
	case figure.Diamond:
		return fmt.Sprintf("m0-%sl%s %sl-%s %sl-%s-%sz", h, h, h, h, h, h, h)
	case figure.Tick:
		return fmt.Sprintf("m0-%sv%s", h, w)
	}
	return fmt.Sprintf("m-%s-%sl%s %sm0-%sl-%s %s", h, h, w, w, w, w, w) // a cross
}

// path goes through the points that are numbers.
func path(points []figure.Point, closed bool) string {
	var b strings.Builder
	for _, p := range points {
		if !sound(p) {
			continue
		}
		if b.Len() == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(pair(p))
	}
	if closed && b.Len() > 0 {
		b.WriteByte('Z')
	}
	return b.String()
}

func sound(p figure.Point) bool {
	return !math.IsNaN(p.X+p.Y) && !math.IsInf(p.X, 0) && !math.IsInf(p.Y, 0)
}

func pair(p figure.Point) string { return num(p.X) + " " + num(p.Y) }

// num writes a length to a tenth of a point, which nobody sees.
func num(v float64) string { return short(v, 1) }

// exact writes a quantity to a thousandth.
func exact(v float64) string { return short(v, 3) }

func short(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	if text == "-0" || text == "" {
		return "0"
	}
	return text
}
