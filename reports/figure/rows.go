package figure

import (
	"math"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// Row is a line over time: what lasted, and what happened at one moment.
type Row struct {
	Name  string
	Spans []Lasting
	Flags []Flag
}

// Lasting is something that lasted, in seconds since the start.
type Lasting struct {
	From, To float64
	Open     bool   // its end is not known: it is drawn to To, and hatched
	Word     string // inside of it, if there is room
	Label    string // for whoever points at it
	Link     string // anchor in the document; may be empty
	Ink      Ink
}

// Flag is a moment, in seconds since the start.
type Flag struct {
	At    float64
	Word  string // beside it, if there is room
	Label string
	Link  string
	Shape Shape
	Ink   Ink
}

// Rows shows lines over one axis of time, from a moment to another.
func Rows(id, title, alt string, from, to float64, rows []Row) Figure {
	if !finite(from) || !finite(to) || to <= from {
		from, to = 0, 1
	}
	gutter := float64(gutterLeast)
	for _, r := range rows {
		gutter = max(gutter, textRoom(r.Name, Lettering{Size: bodySize})+gutterBeside)
	}
	s := stageOn(record.Record{}, chronicle.Chronicle{}, Wide, scale{from: from, to: to, low: min(gutter, gutterMost), end: Wide - marginRight})
	var panels []panel
	for _, r := range rows {
		panels = append(panels, &rowPanel{stage: s, row: r})
	}
	f := s.figure(append(panels, &timeAxis{stage: s}))
	f.ID, f.Title, f.Alt = anchorOf(id), words.Plain(title), words.Plain(alt)
	return f
}

// rowPanel draws one row.
type rowPanel struct {
	*stage
	placed
	row Row
}

const (
	rowPitch = 22
	rowBar   = 14
)

func (r *rowPanel) height() float64 { return rowPitch }

func (r *rowPanel) draw(p *pen) {
	r.gutter(p, r.top+11, r.row.Name, Lettering{Size: bodySize})
	r.scrolled(p, "", r.top, rowPitch, func() {
		for _, l := range r.row.Spans {
			r.lasting(p, l)
		}
		for _, f := range r.row.Flags {
			r.sign(p, f)
		}
		for _, f := range r.row.Flags {
			r.word(p, f)
		}
	})
	r.scrolled(p, "", r.top+rowPitch-1.5, 1, func() {
		p.line(r.time.low, r.top+rowPitch-1, r.time.end, r.top+rowPitch-1, Style{Stroke: Grid, Width: 0.5})
	})
}

// lasting draws a bar; one without a known end is hatched too.
func (r *rowPanel) lasting(p *pen, l Lasting) {
	to := l.To
	if l.Open {
		to = r.time.to
	}
	if !r.shown(l.From, to) {
		return
	}
	b := r.span(l.From, to, r.top+1, rowBar)
	style := Style{Fill: l.Ink, Opacity: 0.25, Stroke: l.Ink, Width: 0.75}
	if l.Open {
		style.Hatch = Falling
	}
	p.group(Group{Label: l.Label, Link: l.Link}, func() {
		p.box(b, style)
		if l.Word != "" && fit(l.Word, b.W-6, Lettering{Size: smallSize}) == words.Plain(l.Word) {
			p.plated(Point{b.X + 3, r.top + 11}, l.Word, Lettering{Size: smallSize})
		}
	})
}

// spot is where a flag is: within the plot, so that none is cut.
func (r *rowPanel) spot(f Flag) Point {
	const half = 4
	x := math.Min(math.Max(r.time.at(f.At), r.time.low+half), r.time.end-half)
	return Point{x, r.top + 8}
}

func (r *rowPanel) sign(p *pen, f Flag) {
	if !r.shown(f.At, f.At) {
		return
	}
	at := r.spot(f)
	p.reserve(Box{at.X - 4, at.Y - 4, 8, 8})
	p.group(Group{Label: f.Label, Link: f.Link}, func() {
		p.Marks(f.Shape, []Point{at}, 7, Style{Fill: f.Ink, Stroke: f.Ink, Width: 1.2})
	})
}

// word writes what a flag is where there is room, at its right or at its left.
func (r *rowPanel) word(p *pen, f Flag) {
	if f.Word == "" || !r.shown(f.At, f.At) {
		return
	}
	at, l := r.spot(f), Lettering{Ink: Muted, Size: smallSize}
	if !p.plated(Point{at.X + 6, at.Y + 3}, f.Word, l) {
		l.Anchor = End
		p.plated(Point{at.X - 6, at.Y + 3}, f.Word, l)
	}
}
