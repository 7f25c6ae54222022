package pdf

// piece is a part of a document that does not break: a line of a paragraph, a
// row of a table, a picture.
type piece struct {
	gap    float64 // above it, unless it is the first of its page
	height float64
	keep   bool   // on the same page as what follows
	turned bool   // on a page in landscape, after the one that is being filled
	head   *piece // is drawn again above this piece where it begins a page
	draw   func(p *press, x, y float64)
}

// Margins of a page.
const (
	side   = 48.0
	top    = 52.0
	bottom = 52.0
)

// Rooms between the margins.
const (
	wide  = shortSide - 2*side // of a page upright
	tall  = longSide - top - bottom
	broad = longSide - 2*side // of a page in landscape
	low   = shortSide - top - bottom
)

// folio puts pieces on pages. Pages in landscape wait until the page before them
// is full, so that none stays half empty.
type folio struct {
	press   *press
	y       float64
	fresh   bool // nothing is on the page yet
	waiting [][]piece
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
	if group[0].turned {
		f.waiting = append(f.waiting, group)
		f.press.waiting++
		return
	}
	if f.press.file.PageCount() == 0 || !f.fresh && needs(group) > f.room() {
		f.page()
	}
	f.put(group)
}

func (f *folio) put(group []piece) {
	for i := range group {
		g := &group[i]
		if !f.fresh && needs(group[i:i+1]) > f.room() && !g.turned {
			f.page()
		}
		switch {
		case f.fresh && g.head != nil:
			g.head.draw(f.press, side, f.y)
			f.y += g.head.height
		case !f.fresh:
			f.y += g.gap
		}
		g.draw(f.press, side, f.y)
		f.y += g.height
		f.fresh = false
	}
}

// page begins a page upright, behind those that waited.
func (f *folio) page() {
	f.end()
	f.press.page(false)
	f.y, f.fresh = top, true
}

// end brings the pages in landscape that wait, one for each group.
func (f *folio) end() {
	waiting := f.waiting
	f.waiting, f.press.waiting = nil, 0
	for _, group := range waiting {
		f.press.page(true)
		f.y, f.fresh = top, true
		f.put(group)
	}
}

func (f *folio) room() float64 { return f.press.h - bottom - f.y }

func needs(group []piece) float64 {
	h := 0.0
	for _, g := range group {
		h += g.gap + g.height
	}
	return h
}

// together keeps what is short on one page as a whole.
func together(pieces []piece) {
	const short = 200.0
	if needs(pieces) > short {
		return
	}
	for i := range pieces {
		pieces[i].keep = i < len(pieces)-1
	}
}
