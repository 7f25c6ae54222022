package pdf

import "math"

// sign is the shape that stands beside a color, so that grey print and eyes that
// see no color lose nothing.
type sign uint8

const (
	noSign  sign = iota
	disc         // good: a disc with a tick
	octagon      // bad: an octagon with a cross
	wedge        // open: a triangle with a stroke
)

// sign draws a sign around a point.
func (p *press) sign(s sign, x, y, size float64, c, on color) {
	r, thin := size/2, max(0.7, size/9)
	switch s {
	case disc:
		p.fill(c)
		p.draw(p.pen().circle(x, y, r), "f")
		p.stroke(on, thin, solid)
		p.draw(p.pen().move(x-r*.5, y+r*.02).line(x-r*.12, y+r*.42).line(x+r*.52, y-r*.4), "S")
	case octagon:
		p.fill(c)
		p.draw(p.pen().ring(x, y, r*1.06, 8, math.Pi/8), "f")
		p.stroke(on, thin, solid)
		d := r * .42
		p.draw(p.pen().move(x-d, y-d).line(x+d, y+d).move(x-d, y+d).line(x+d, y-d), "S")
	case wedge:
		p.fill(c)
		p.draw(p.pen().ring(x, y+r*.22, r*1.2, 3, math.Pi/2), "f")
		p.stroke(on, thin, solid)
		p.draw(p.pen().move(x, y-r*.38).line(x, y+r*.24).move(x, y+r*.5).line(x, y+r*.5+thin), "S")
	}
}

// ring is a regular polygon of n corners, the first at an angle.
func (p *pen) ring(x, y, r float64, n int, angle float64) *pen {
	for i := range n {
		a := angle + 2*math.Pi*float64(i)/float64(n)
		at := p.line
		if i == 0 {
			at = p.move
		}
		at(x+r*math.Cos(a), y-r*math.Sin(a))
	}
	return p.close()
}
