package figure

import (
	"math"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Bullet shows one objective: what was measured on a bar, with the target as a
// line across it.
func Bullet(o record.Objective) Figure {
	b := bullet{objective: o, x: scale{low: bulletInset, end: bulletWidth - bulletInset, to: 1}}
	b.limits(o)
	b.x.to = b.reach()
	said := words.Plain(o.Name) + ": " + words.Interval(o.Measured, o.Unit)
	if b.limited {
		said += "; " + words.Target(o.Target, o.Unit) + " was asked for"
	}
	return Figure{ID: "bullet-" + anchorOf(o.Name), Title: words.Plain(o.Name), Alt: said + "; " + words.Verdict(o.Verdict) + ".",
		Width: bulletWidth, Height: bulletHeight, Draw: func(c Canvas) { b.draw(newPen(c, bulletWidth, bulletHeight)) }}
}

type bullet struct {
	objective record.Objective
	x         scale
	limit     float64
	limited   bool
	least     bool   // the limit is a lower one
	word      string // "at most 8 s"
}

const (
	bulletWidth  = 260
	bulletHeight = 34
	bulletInset  = 8
	trackTop     = 4
	trackHeight  = 14
)

// limits finds the target of an objective, the upper one where there are two.
func (b *bullet) limits(o record.Objective) {
	for _, key := range []string{"max", "min"} {
		if v, ok := o.Target[key]; ok && finite(v) && !b.limited {
			b.limit, b.limited, b.least = v, true, key == "min"
			b.word = words.Target(map[string]float64{key: v}, o.Unit)
		}
	}
}

// reach is where the bar ends: some way beyond all that is on it.
func (b *bullet) reach() float64 {
	most := 0.0
	if b.limited {
		most = b.limit * 1.5
	}
	if m := b.objective.Measured; m != nil {
		most = math.Max(most, number(m.Low)*1.25)
		if m.High != nil {
			most = math.Max(most, number(*m.High)*1.1)
		}
	}
	if b.objective.Unit == "%" && number(b.limit) <= 100 && most <= 150 && most > 80 {
		most = math.Max(100, b.worst())
	}
	return roundUp(most)
}

// worst is the most that was measured.
func (b *bullet) worst() float64 {
	if m := b.objective.Measured; m != nil {
		return number(upper(m, m.Low))
	}
	return 0
}

// number is a quantity that can be drawn: what is none is 0.
func number(v float64) float64 {
	const most = 1e12
	if math.IsNaN(v) {
		return 0
	}
	return math.Max(-most, math.Min(v, most))
}

func (b *bullet) draw(p *pen) {
	track := Box{b.x.low, trackTop, b.x.end - b.x.low, trackHeight}
	if b.objective.Measured == nil {
		p.box(track, blind)
		p.plated(Point{track.X + track.W/2, trackTop + 10.5}, "no data", Lettering{Size: bodySize, Bold: true, Anchor: Middle})
	} else {
		b.track(p, track)
		b.measured(p, *b.objective.Measured)
	}
	b.words(p)
}

// track is filled where the target is met, hollow beyond.
func (b *bullet) track(p *pen, track Box) {
	p.box(track, Style{Fill: Paper, Stroke: Grid, Width: 0.75})
	met := track
	if at := b.x.at(b.limit); b.limited && b.least {
		met.X, met.W = at, track.X+track.W-at
	} else if b.limited {
		met.W = at - track.X
	}
	p.box(met, Style{Fill: Grid, Opacity: 0.8})
}

// measured draws a bar up to the least that was measured, and from there to the
// most what is not known: hatched, or an arrow where it is open.
func (b *bullet) measured(p *pen, m record.Interval) {
	const inset = 3
	s := verdictStyle(b.objective.Verdict)
	low := b.x.at(m.Low)
	bar := Box{b.x.low, trackTop + inset, low - b.x.low, trackHeight - 2*inset}
	if bar.W > 0 {
		p.box(bar, s)
	}
	if m.High != nil && *m.High == m.Low && bar.W < trackHeight {
		mark, style := outcomeMark(b.objective.Verdict)
		p.Marks(mark, []Point{{low, trackTop + trackHeight/2}}, 7, style)
		return
	}
	whisker(p, low, b.x.at(upper(&m, math.Inf(1))), m.High == nil, trackTop+trackHeight/2, trackHeight/2, s.Stroke)
}

// whisker draws a measured interval across.
func whisker(p *pen, from, to float64, open bool, y, height float64, ink Ink) {
	if to > from {
		p.box(Box{from, y - height/2, to - from, height}, Style{Fill: Paper, Stroke: ink, Hatch: Rising, Width: 0.5})
	}
	end := Style{Stroke: ink, Width: 1.6}
	p.line(from, y-height/2-1, from, y+height/2+1, end)
	if !open {
		p.line(to, y-height/2-1, to, y+height/2+1, end)
		return
	}
	const head = 6
	p.Path([]Point{{to - head, y - head}, {to + 1, y}, {to - head, y + head}}, true, Style{Fill: ink, Stroke: ink, Width: 0.5})
}

// verdictStyle is how a quantity is drawn that was judged.
func verdictStyle(v record.Verdict) Style {
	switch v {
	case record.Passed:
		return Style{Fill: Good, Stroke: Good, Width: 0.5}
	case record.Failed:
		return Style{Fill: Bad, Stroke: Bad, Width: 0.5}
	}
	return Style{Fill: Paper, Stroke: Open, Hatch: Crossed, Width: 0.75}
}

// words writes the target, then the ends where there is room.
func (b *bullet) words(p *pen) {
	const base = bulletHeight - 4
	small := Lettering{Ink: Muted, Size: smallSize}
	if b.limited {
		x := b.x.at(b.limit)
		p.line(x, trackTop-3, x, trackTop+trackHeight+3, Style{Stroke: Text, Width: 2})
		l := Lettering{Size: smallSize, Anchor: Middle}
		room := textRoom(b.word, l) / 2
		at := math.Min(math.Max(x, b.x.low+room), b.x.end-room)
		p.fitted(Point{at, base}, b.word, b.x.end-b.x.low, l)
	}
	p.label(Point{b.x.low, base}, "0", small)
	small.Anchor = End
	p.label(Point{b.x.end, base}, decimal(b.x.to)+" "+b.objective.Unit, small)
}
