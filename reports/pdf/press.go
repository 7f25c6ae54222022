package pdf

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// A4 in points.
const (
	shortSide = 595.28
	longSide  = 841.89
)

// press draws on the page that is under it. It says to a page's stream only
// what changes.
type press struct {
	file    *fpdf.Fpdf
	metrics *metrics
	w, h    float64 // of the page
	now     state
	loaded  [faces]bool
	places  places
	sheets  []bool // of each page: whether it is in landscape
	waiting int    // pages in landscape that come after this one
}

// state is what a page's stream has been told to draw with.
type state struct {
	face         face
	size         float64 // 0: no face is set
	fill, stroke color
	width        float64
	dash         string
}

var nothing = state{fill: unset, stroke: unset, width: -1}

// newPress makes an empty file, whose only date is that of the document.
func newPress(m *metrics, date time.Time) *press {
	if date = date.UTC(); date.IsZero() || date.Year() < 1 || date.Year() > 9999 {
		date = time.Unix(0, 0).UTC() // fpdf would take the clock's time
	}
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: shortSide, Ht: longSide}})
	f.SetCatalogSort(true)
	f.SetCreationDate(date)
	f.SetModificationDate(date)
	f.SetMargins(0, 0, 0)
	f.SetAutoPageBreak(false, 0)
	f.SetLineJoinStyle("round")
	return &press{file: f, metrics: m, now: nothing}
}

// page puts a new page under the press.
func (p *press) page(turned bool) {
	orientation := "P"
	p.w, p.h = shortSide, longSide
	if turned {
		orientation = "L"
		p.w, p.h = longSide, shortSide
	}
	p.sheets = append(p.sheets, turned)
	p.file.AddPageFormat(orientation, fpdf.SizeType{Wd: shortSide, Ht: longSide})
	p.now = nothing
}

// back puts an earlier page under the press, from 1. Everything is measured from
// the top of the newest page still, so what is drawn must be measured from the
// foot: see [press.foot].
func (p *press) back(n int) {
	p.file.SetPage(n)
	p.w = shortSide
	if p.sheets[n-1] {
		p.w = longSide
	}
	p.now = nothing
}

// foot is the y of a place that is so far above the foot of the page, whatever
// the height of the page.
func (p *press) foot(above float64) float64 { return p.h - above }

// text draws a line of words from the left end of its baseline.
func (p *press) text(l letter, x, y float64, s string) {
	if s == "" {
		return
	}
	p.letter(l)
	p.file.Text(x, y, s)
}

// textRight draws a line of words that ends at x.
func (p *press) textRight(l letter, x, y float64, s string) {
	p.text(l, x-p.metrics.width(l, s), y, s)
}

func (p *press) letter(l letter) {
	if !p.loaded[l.face] {
		// The library pads tables of a font in place.
		p.file.AddUTF8FontFromBytes(fontFiles[l.face].family, "", bytes.Clone(fontFiles[l.face].ttf))
		p.loaded[l.face] = true
	}
	if p.now.face != l.face || p.now.size != l.size {
		p.file.SetFont(fontFiles[l.face].family, "", l.size)
		p.now.face, p.now.size = l.face, l.size
	}
	p.fill(l.color)
}

// fill sets the color of words and of grounds.
func (p *press) fill(c color) {
	if p.now.fill == c {
		return
	}
	r, g, b := c.parts()
	p.file.SetFillColor(r, g, b)
	p.file.SetTextColor(r, g, b)
	p.now.fill = c
}

func (p *press) stroke(c color, width float64, dash string) {
	if p.now.stroke != c {
		r, g, b := c.parts()
		p.file.SetDrawColor(r, g, b)
		p.now.stroke = c
	}
	if p.now.width != width {
		p.file.RawWriteStr(number(width) + " w")
		p.now.width = width
	}
	if p.now.dash != dash {
		p.file.RawWriteStr(dash + " 0 d")
		p.now.dash = dash
	}
}

// opacity is how much of what follows covers what is below, 0 to 1.
func (p *press) opacity(of float64) { p.file.SetAlpha(of, "Normal") }

// box fills a rectangle.
func (p *press) box(x, y, w, h float64, c color) {
	p.fill(c)
	p.draw(p.pen().rect(x, y, w, h), "f")
}

// frame draws the outline of a rectangle.
func (p *press) frame(x, y, w, h, width float64, c color) {
	p.stroke(c, width, solid)
	p.draw(p.pen().rect(x, y, w, h), "S")
}

// line draws a straight line.
func (p *press) line(x1, y1, x2, y2, width float64, c color) {
	p.stroke(c, width, solid)
	p.draw(p.pen().move(x1, y1).line(x2, y2), "S")
}

// save and restore enclose what changes the state of the page for a while: a
// clip, a turn.
func (p *press) save(how string) { p.file.RawWriteStr("q " + how) }

func (p *press) restore() {
	p.file.RawWriteStr("Q")
	p.now = nothing
}

// sheet is the height of a page.
func (p *press) sheet(n int) float64 {
	if p.sheets[n-1] {
		return shortSide
	}
	return longSide
}
