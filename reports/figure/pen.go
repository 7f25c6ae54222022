package figure

import (
	"maildrill/reports/words"
)

// Sizes of letters, in points.
const (
	bodySize  = 9.5
	smallSize = 9
)

// spare is what a reader's own font may be wider than the one measured with.
const spare = 1.08

// pen draws on a canvas. It keeps count of the room that texts take: none is
// drawn over another, beyond the figure, or beyond the part that it is in.
type pen struct {
	Canvas
	bounds Box
	taken  []Box
}

func newPen(c Canvas, width, height float64) *pen {
	return &pen{Canvas: c, bounds: Box{W: width, H: height}}
}

// label draws a text where there is room for it, and tells whether there was.
func (p *pen) label(at Point, text string, l Lettering) bool {
	text = words.Plain(text)
	if text == "" {
		return false
	}
	box := textBox(at, text, l)
	if !p.free(box) {
		return false
	}
	p.reserve(box)
	p.Text(at, text, l)
	return true
}

// plated draws a text on a ground that mutes what is behind it.
func (p *pen) plated(at Point, text string, l Lettering) bool {
	box := textBox(at, words.Plain(text), l)
	if text == "" || !p.free(box) {
		return false
	}
	p.box(box, Style{Fill: Paper, Opacity: 0.85})
	return p.label(at, text, l)
}

// fitted draws as much of a text as fits the room.
func (p *pen) fitted(at Point, text string, room float64, l Lettering) bool {
	return p.label(at, fit(text, room, l), l)
}

// first draws the first of the texts that fits the room and is free.
func (p *pen) first(at Point, room float64, l Lettering, texts ...string) bool {
	for _, text := range texts {
		if textRoom(text, l) <= room && p.label(at, text, l) {
			return true
		}
	}
	return false
}

// slid draws the first of the texts that is free at a point or a little to the
// right of it, but not beyond an end.
func (p *pen) slid(at Point, end float64, l Lettering, texts ...string) bool {
	const apart, farthest = 2, 30
	for _, text := range texts {
		for x := at.X; x <= at.X+farthest; {
			box := textBox(Point{x, at.Y}, text, l)
			if text == "" || box.X+box.W > end {
				break
			}
			other, met := p.meets(box)
			if !met {
				return p.label(Point{x, at.Y}, text, l)
			}
			x += other.X + other.W - box.X + apart
		}
	}
	return false
}

// reserve keeps texts away.
func (p *pen) reserve(b Box) { p.taken = append(p.taken, b) }

func (p *pen) free(b Box) bool {
	_, met := p.meets(b)
	return b.within(p.bounds) && !met
}

func (p *pen) meets(b Box) (other Box, met bool) {
	for _, t := range p.taken {
		if b.meets(t) {
			return t, true
		}
	}
	return Box{}, false
}

// group draws a part. Texts in it stay within its bound.
func (p *pen) group(g Group, draw func()) {
	g.Label = words.Plain(g.Label)
	outer := p.bounds
	if g.Clip != nil {
		p.bounds = outer.common(*g.Clip)
	}
	p.Group(g, draw)
	p.bounds = outer
}

func (p *pen) line(x1, y1, x2, y2 float64, s Style) {
	p.Path([]Point{{x1, y1}, {x2, y2}}, false, s)
}

func (p *pen) box(b Box, s Style) { p.Path(b.Corners(), true, s) }

// textBox is the room that a text takes, with what a wider font would need.
func textBox(at Point, text string, l Lettering) Box {
	const ascent, height = 0.76, 0.98 // of the size
	size, room := lettersOf(l), textRoom(text, l)
	if l.Upward {
		b := Box{at.X - ascent*size, at.Y - room, height * size, room}
		b.Y += room * startOf[l.Anchor]
		return b
	}
	return Box{at.X - room*startOf[l.Anchor], at.Y - ascent*size, room, height * size}
}

// startOf is which part of a text is before its point.
var startOf = map[Anchor]float64{Start: 0, Middle: 0.5, End: 1}

func lettersOf(l Lettering) float64 {
	if l.Size > 0 {
		return l.Size
	}
	return 9
}

func textRoom(text string, l Lettering) float64 {
	text = words.Plain(text)
	if l.Mono {
		return 0.62 * float64(words.Columns(text)) * lettersOf(l)
	}
	return spare * TextWidth(text, lettersOf(l), l.Bold)
}

// fit cuts a text to the room.
func fit(text string, room float64, l Lettering) string {
	const dots = "…"
	text = words.Plain(text)
	if textRoom(text, l) <= room {
		return text
	}
	room -= textRoom(dots, l)
	for n, r := range text {
		if room -= textRoom(string(r), l); room < 0 {
			if n == 0 {
				return ""
			}
			return text[:n] + dots
		}
	}
	return text
}

func (b Box) within(o Box) bool {
	const hair = 0.01
	return b.X >= o.X-hair && b.Y >= o.Y-hair && b.X+b.W <= o.X+o.W+hair && b.Y+b.H <= o.Y+o.H+hair
}

func (b Box) meets(o Box) bool {
	return b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H
}

func (b Box) common(o Box) Box {
	x, y := max(b.X, o.X), max(b.Y, o.Y)
	return Box{x, y, max(0, min(b.X+b.W, o.X+o.W)-x), max(0, min(b.Y+b.H, o.Y+o.H)-y)}
}
