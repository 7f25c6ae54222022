package pdf

// piece is a part of a document that does not break: a line of a paragraph, a
// row of a table, a picture.
type piece struct {
	gap    float64 // above it, unless it is the first of its page
	height float64
	keep   bool   // on the same page as what follows
	turned bool   // on a page in landscape
	head   *piece // is drawn again above this piece where it begins a page
	draw   func(p *press, x, y float64)
}

// Margins of a page.
const (
	side   = 48.0
	top    = 56.0
	bottom = 56.0
)

// Rooms between the margins.
const (
	wide  = shortSide - 2*side // of a page upright
	tall  = longSide - top - bottom
	broad = longSide - 2*side // of a page in landscape
	low   = shortSide - top - bottom
)

// folio puts pieces on pages.
type folio struct {
	press *press
	y     float64
	fresh bool // nothing is on the page yet
}

// place puts all pieces on pages; those that keep together stay together where a
// page can hold them.
func (f *folio) place(pieces []piece) {
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n-1].keep {
			n++
		}
		f.together(pieces[:n])
		pieces = pieces[n:]
	}
}

func (f *folio) together(group []piece) {
	turned := false
	for _, g := range group {
		turned = turned || g.turned
	}
	if f.press.file.PageCount() == 0 || turned != f.press.turned || !f.fresh && f.needs(group) > f.room() {
		f.page(turned)
	}
	for i := range group {
		f.one(&group[i], turned)
	}
}

func (f *folio) one(g *piece, turned bool) {
	if !f.fresh && f.needs([]piece{*g}) > f.room() {
		f.page(turned)
	}
	if f.fresh && g.head != nil {
		g.head.draw(f.press, side, f.y)
		f.y += g.head.height
	} else if !f.fresh {
		f.y += g.gap
	}
	g.draw(f.press, side, f.y)
	f.y += g.height
	f.fresh = false
}

func (f *folio) page(turned bool) {
	f.press.page(turned)
	f.y, f.fresh = top, true
}

func (f *folio) room() float64 { return f.press.h - bottom - f.y }

func (f *folio) needs(group []piece) float64 {
	h := 0.0
	for _, g := range group {
		h += g.gap + g.height
	}
	return h
}
