package pdf

import "strconv"

// Dashes as a page's stream has them.
const (
	solid  = "[]"
	dashed = "[4 2.5]"
	dotted = "[1.2 2]"
)

// pen writes the points of a path, which a [press] then draws.
type pen struct {
	path   []byte
	height float64 // of the page: its own y points up
}

func (p *press) pen() *pen { return &pen{height: p.h} }

// draw ends the path with an operator: S strokes it, f fills it, W n clips by it.
func (p *press) draw(path *pen, operator string) {
	if len(path.path) > 0 {
		p.file.RawWriteStr(string(append(path.path, operator...)))
	}
}

func (p *pen) move(x, y float64) *pen { return p.point(x, y, 'm') }

func (p *pen) line(x, y float64) *pen { return p.point(x, y, 'l') }

func (p *pen) point(x, y float64, operator byte) *pen {
	p.number(x).number(p.height - y)
	p.path = append(p.path, operator, ' ')
	return p
}

func (p *pen) close() *pen {
	p.path = append(p.path, 'h', ' ')
	return p
}

func (p *pen) rect(x, y, w, h float64) *pen {
	p.number(x).number(p.height - y - h).number(w).number(h)
	p.path = append(p.path, "re "...)
	return p
}

// curve goes to x3, y3 by way of two handles.
func (p *pen) curve(x1, y1, x2, y2, x3, y3 float64) *pen {
	p.number(x1).number(p.height - y1).number(x2).number(p.height - y2).number(x3).number(p.height - y3)
	p.path = append(p.path, 'c', ' ')
	return p
}

// circle is of four curves.
func (p *pen) circle(x, y, r float64) *pen {
	const handle = 0.5523 // of a quarter
	k := r * handle
	return p.move(x+r, y).curve(x+r, y+k, x+k, y+r, x, y+r).curve(x-k, y+r, x-r, y+k, x-r, y).
		curve(x-r, y-k, x-k, y-r, x, y-r).curve(x+k, y-r, x+r, y-k, x+r, y).close()
}

func (p *pen) number(v float64) *pen {
	p.path = append(appendNumber(p.path, v), ' ')
	return p
}

func number(v float64) string { return string(appendNumber(nil, v)) }

// appendNumber writes hundredths of a point, without the zeros at the end.
func appendNumber(b []byte, v float64) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', 2, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	if string(b[start:]) == "-0" {
		return append(b[:start], '0')
	}
	return b
}
