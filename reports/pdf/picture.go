package pdf

import (
	"fmt"
	"math"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// readable is the size of the smallest words of a figure on paper, in points.
const readable = 6.5

// picture is a figure with its title above and its caption below, and the table
// that says the same. A figure whose words would be too small gets a page in
// landscape.
func (s *setter) picture(b dossier.Picture) []piece {
	title := s.line(b.Title, titleBound)
	turned := turns(b.Figure)
	var out []piece
	if turned {
		out = append(out, s.elsewhere(b.ID, title))
	}
	out = append(out, s.plate(b, title, turned)...)
	if b.Twin != nil {
		out = append(out, s.table(*b.Twin)...)
	}
	return out
}

// elsewhere stands where a picture belongs that is on a page of its own.
func (s *setter) elsewhere(id, title string) piece {
	return piece{gap: 10, height: caption.lead() + 2, draw: func(p *press, x, y float64) {
		page := p.file.PageNo() + p.waiting + 1
		where := fmt.Sprintf("picture on page %d", page)
		room := p.metrics.width(small, where)
		name := p.metrics.short(caption, title, wide-room-10)
		p.bookmarkOn(page, p.metrics.short(small, title, 400), 1, shortSide-top)
		p.text(caption, x, y+caption.rise(), name)
		x += p.metrics.width(caption, name) + 8
		p.text(small.in(blue), x, y+caption.rise(), where)
		p.link(id, x, y, room, caption.lead())
	}}
}

// plate is the figure between its title and its caption: what a page must hold.
func (s *setter) plate(b dossier.Picture, title string, turned bool) []piece {
	w, h := wide, tall-50 // below the heading of its section
	if turned {
		w, h = broad, low
	}
	head := s.caption(b.ID, title, !turned)
	below := s.metrics.wrap(aside, s.line(b.Caption, proseBound), w)
	foot := float64(len(below))*aside.lead() + 4
	scale := fitting(b.Figure, w, h-head.height-foot-4)
	head.turned = turned
	return []piece{head, {height: b.Height*scale + 2, keep: true, draw: func(p *press, x, y float64) {
		s.figure(p, b.Figure, x+max(0, w-b.Width*scale)/2, y, scale)
	}}, {height: foot, draw: func(p *press, x, y float64) { p.lines(aside, x, y+2, below) }}}
}

// turns tells whether a figure is readable in landscape only. Words a little
// smaller than that are enlarged: see [canvas.letter].
func turns(f figure.Figure) bool {
	const little = 0.85
	upright, turned := fitting(f, wide, tall), fitting(f, broad, low-40)
	return smallest(f)*upright < readable*little && turned > upright*1.1
}

// fitting is how much smaller a figure gets to fit a room; never larger.
func fitting(f figure.Figure, w, h float64) float64 {
	return min(1, w/max(1, f.Width), h/max(1, f.Height))
}

func (s *setter) figure(p *press, f figure.Figure, x, y, scale float64) {
	p.anchor(f.ID, y)
	if f.Draw == nil {
		return
	}
	c := &canvas{press: p, script: s.script, x: x, y: y, scale: scale}
	c.Group(figure.Group{Clip: &figure.Box{W: f.Width, H: f.Height}}, func() { f.Draw(c) })
	p.file.RawWriteStr("0 J")
}

// smallest is the size of the smallest words of a figure.
func smallest(f figure.Figure) float64 {
	s := sizes{least: math.Inf(1)}
	if f.Draw != nil {
		f.Draw(&s)
	}
	return s.least
}

// sizes is a canvas that only looks at the size of words.
type sizes struct{ least float64 }

func (*sizes) Path([]figure.Point, bool, figure.Style) {}

func (*sizes) Marks(figure.Shape, []figure.Point, float64, figure.Style) {}

func (s *sizes) Text(_ figure.Point, _ string, l figure.Lettering) {
	s.least = min(s.least, sizeOf(l))
}

func (*sizes) Group(_ figure.Group, draw func()) { draw() }
