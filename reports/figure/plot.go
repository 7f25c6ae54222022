package figure

import "maildrill/reports/words"

// plotted is a panel with a vertical scale: a line of words, then the plot.
type plotted struct {
	*stage
	placed
	title string
	keys  []key
	note  string  // right of the keys
	rails float64 // room between the words and the plot
	depth float64 // height of the plot
}

// key is a sample of a line or a mark with what it stands for.
type key struct {
	word string
	draw func(p *pen, at Point) // into a box of keyWide, around its middle
}

const (
	headRoom = 17 // the line of words above a plot
	footRoom = 12 // below it
	keyWide  = 16
	keyGap   = 14
)

func (v *plotted) height() float64 { return headRoom + v.rails + v.depth + footRoom }

func (v *plotted) area() Box { return v.plot(v.top+headRoom+v.rails, v.depth) }

// head writes what is plotted, and what its lines are.
func (v *plotted) head(p *pen) {
	base := v.top + 10
	l := Lettering{Size: bodySize, Bold: true}
	x := v.time.low
	if p.plated(Point{x, base}, v.title, l) {
		x += textRoom(v.title, l) + keyGap
	}
	for _, k := range v.keys {
		room := keyRoom(k)
		if x+room > v.time.end {
			break
		}
		k.drawAt(p, Point{x, base})
		x += room
	}
	small := Lettering{Ink: Muted, Size: smallSize, Anchor: End}
	p.fitted(Point{v.time.end, base}, v.note, v.time.end-x, small)
}

func keyRoom(k key) float64 {
	return keyWide + 3 + textRoom(k.word, Lettering{Size: smallSize}) + keyGap
}

func (k key) drawAt(p *pen, at Point) {
	k.draw(p, Point{at.X + keyWide/2, at.Y - 3})
	p.plated(Point{at.X + keyWide + 3, at.Y}, k.word, Lettering{Ink: Muted, Size: smallSize})
}

// lineKey is the key of a line.
func lineKey(word string, s Style) key {
	return key{words.Plain(word), func(p *pen, at Point) { p.line(at.X-keyWide/2, at.Y, at.X+keyWide/2, at.Y, s) }}
}

func boxKey(word string, s Style) key {
	return key{word, func(p *pen, at Point) { p.box(Box{at.X - keyWide/2, at.Y - 4, keyWide, 8}, s) }}
}

// levels draws the horizontal lines of a plot with their words.
func (v *plotted) levels(p *pen, y scale, at []float64, word func(float64) string) {
	for _, level := range at {
		h := y.at(level)
		p.line(v.time.low, h, v.time.end, h, Style{Stroke: Grid, Width: 0.5})
		v.gutter(p, h+3, word(level), Lettering{Ink: Muted, Size: smallSize})
	}
}

// framed draws the ground line of a plot, and what is in it.
func (v *plotted) framed(p *pen, label string, draw func()) {
	const over = 3 // room for marks on the edge
	a := v.area()
	v.scrolled(p, label, a.Y-over, a.H+2*over, draw)
	p.line(a.X, a.Y+a.H, a.X+a.W, a.Y+a.H, Style{Stroke: Muted, Width: 0.5})
}
