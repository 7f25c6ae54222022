package pdf

import (
	"math"

	"maildrill/reports/figure"
)

// pattern is which lines a hatch has.
type pattern uint8

const (
	rising pattern = 1 << iota
	falling
	level
	specks
)

var hatches = map[figure.Hatch]pattern{
	figure.Rising:  rising,
	figure.Falling: falling,
	figure.Crossed: rising | falling,
	figure.Level:   level,
	figure.Specks:  specks,
}

// hatchOf is never no pattern.
func hatchOf(h figure.Hatch) pattern {
	if what := hatches[h]; what != 0 {
		return what
	}
	return rising | falling
}

// hatch draws lines over a box, so far from each other. They lie on a grid of the
// page: boxes beside each other have no seam. A clip must be set.
func (p *press) hatch(what pattern, x, y, w, h, apart, width float64, c color) {
	if w <= 0 || h <= 0 {
		return
	}
	pen := p.pen()
	if what&(rising|falling) != 0 {
		p.slopes(pen, what, x, y, w, h, apart*math.Sqrt2)
	}
	if what&level != 0 {
		for at := grid(y, apart); at <= y+h; at += apart {
			pen.move(x, at).line(x+w, at)
		}
	}
	if what&specks != 0 {
		p.specks(pen, x, y, w, h, apart*.85)
		p.file.RawWriteStr("1 J")
		width *= 2
	}
	p.stroke(c, width, solid)
	p.draw(pen, "S")
	p.file.RawWriteStr("0 J")
}

// slopes are lines at half a right angle.
func (p *press) slopes(pen *pen, what pattern, x, y, w, h, apart float64) {
	if what&rising != 0 {
		for at := grid(x+y, apart); at <= x+w+y+h; at += apart { // x+y is the same all along such a line
			pen.move(at-y, y).line(at-y-h, y+h)
		}
	}
	if what&falling != 0 {
		for at := grid(x-y-h, apart); at <= x+w-y; at += apart {
			pen.move(at+y, y).line(at+y+h, y+h)
		}
	}
}

func (p *press) specks(pen *pen, x, y, w, h, apart float64) {
	for row := grid(y, apart); row <= y+h; row += apart {
		shift := apart * math.Mod(math.Round(row/apart), 2) / 2
		for at := grid(x, apart) + shift; at <= x+w; at += apart {
			pen.move(at, row).line(at+.01, row)
		}
	}
}

// grid is the first place of the grid at or before v.
func grid(v, apart float64) float64 { return math.Floor(v/apart) * apart }
