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
	seen := make(map[[2]int64]bool, len(at))
	var d []byte
	for _, p := range at {
		if !sound(p) {
			continue
		}
		// Two marks at one place look like one.
		place := [2]int64{tenths(p.X), tenths(p.Y)}
		if !seen[place] {
			seen[place] = true
			d = append(appendPoint(append(d, 'M'), p), mark...)
		}
	}
	if len(d) == 0 || s.Fill == figure.None && s.Stroke == figure.None {
		return
	}
	fmt.Fprintf(&c.body, `<path d="%s"`, d)
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
func path(points []figure.Point, closed bool) []byte {
	var d []byte
	for _, p := range points {
		if !sound(p) {
			continue
		}
		letter := byte('L')
		if len(d) == 0 {
			letter = 'M'
		}
		d = appendPoint(append(d, letter), p)
	}
	if closed && len(d) > 0 {
		d = append(d, 'Z')
	}
	return d
}

// sound tells whether a point is one: numbers, and not absurd.
func sound(p figure.Point) bool {
	const most = 1e9
	return math.Abs(p.X) < most && math.Abs(p.Y) < most
}

func appendPoint(d []byte, p figure.Point) []byte {
	return appendTenths(append(appendTenths(d, tenths(p.X)), ' '), tenths(p.Y))
}

// tenths of a point are the finest that is written: nobody sees less.
func tenths(v float64) int64 { return int64(math.Round(v * 10)) }

func appendTenths(d []byte, v int64) []byte {
	if v < 0 {
		d, v = append(d, '-'), -v
	}
	d = strconv.AppendInt(d, v/10, 10)
	if v%10 != 0 {
		d = append(d, '.', byte('0'+v%10))
	}
	return d
}

// num writes a length.
func num(v float64) string {
	if !sound(figure.Point{X: v}) {
		return "0"
	}
	return string(appendTenths(nil, tenths(v)))
}

// exact writes a quantity to a thousandth.
func exact(v float64) string {
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 3, 64), "0"), ".")
	if text == "-0" {
		return "0"
	}
	return text
}
