package figure

import (
	"fmt"
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Accounting shows what became of all copies: how they divide at each stage, as
// wide as their number.
func Accounting(r record.Record) Figure {
	s := newStrip(r.Accounting)
	height := s.bottom + float64(len(s.foot))*stripFoot + 4
	return Figure{ID: "accounting", Title: "What became of every copy", Alt: s.alt(), Width: Narrow, Height: height,
		Draw: func(c Canvas) { s.draw(newPen(c, Narrow, height)) }}
}

// strip is a flow of copies through stages, from left to right.
type strip struct {
	parts  []*flow
	bottom float64
	foot   []footnote
}

type footnote struct {
	text string
	ink  Ink
}

// flow is one count, as a block at a stage.
type flow struct {
	word  string
	n     int
	style Style
	bold  bool
	stage int
	from  *flow // what it is a part of
	box   Box
	gate  Box // its share of the right side of from
}

const (
	stripTop   = 8
	stripFull  = 96 // height of all that was planned
	stripLeast = 3  // height of what is not nothing
	stripPitch = 15 // room for a word
	stripFoot  = 14
	stripLeft  = 8
	blockWide  = 10
	stageApart = 142
)

func newStrip(a record.Accounting) *strip {
	s := &strip{}
	main := Style{Fill: Accent, Stroke: Accent, Width: 0.5}
	planned := &flow{word: "planned", n: a.Planned, style: main}
	attempted := &flow{word: "attempted", n: a.Attempted, style: main, stage: 1, from: planned}
	accepted := &flow{word: "accepted", n: a.Accepted, style: main, stage: 2, from: attempted}
	full := max(a.Planned, a.Attempted+a.Unsent, 1)
	for _, f := range []*flow{planned, attempted, accepted} {
		s.put(f, stripTop, full)
	}
	y := s.stack(fatesOf(a), accepted, stripTop, full)
	y = s.stack(refusalsOf(a), attempted, max(y, accepted.foot()), full)
	y = s.stack([]*flow{{word: "not sent", n: a.Unsent, style: loose(Muted, Level)}}, planned, max(y, attempted.foot()), full)
	s.bottom = max(y, planned.foot()) + 6
	for _, f := range []*flow{planned, attempted, accepted} {
		s.gates(f)
	}
	s.notes(a)
	return s
}

func loose(i Ink, h Hatch) Style {
	return Style{Fill: i, Opacity: 0.25, Stroke: i, Hatch: h, Width: 0.5}
}

// fatesOf are the parts of what was accepted, in the words of [words.Sums].
func fatesOf(a record.Accounting) []*flow {
	return []*flow{
		{word: "delivered", n: a.Delivered, style: Style{Fill: Good, Stroke: Good, Width: 0.5}},
		{word: "bounced", n: a.Notified, style: loose(Open, Rising)},
		{word: "still queued", n: a.Deferred, style: loose(Open, Falling)},
		{word: "quarantined", n: a.Quarantined, style: loose(Open, Level)},
		{word: "damaged", n: a.Damaged, style: loose(Bad, Rising)},
		{word: "unknown", n: a.Unknown, style: loose(Blind, Specks)},
		{word: "LOST", n: a.Lost, style: Style{Fill: Bad, Stroke: Bad, Width: 0.5}, bold: true},
	}
}

func refusalsOf(a record.Accounting) []*flow {
	return []*flow{
		{word: "refused for now", n: a.RejectedTemporary, style: loose(Open, Rising)},
		{word: "refused for good", n: a.RejectedPermanent, style: loose(Bad, Falling)},
		{word: "in doubt", n: a.Indeterminate, style: loose(Open, Specks)},
		{word: "never handed over", n: a.NotAttempted, style: loose(Muted, Level)},
	}
}

// put gives a count its block: as high as its share of all, and never too small
// to be seen.
func (s *strip) put(f *flow, y float64, full int) {
	h := 0.0
	if f.n > 0 {
		h = math.Min(math.Max(stripLeast, float64(f.n)/float64(full)*stripFull), stripFull)
	}
	f.box = Box{stripLeft + float64(f.stage)*stageApart, y, blockWide, h}
	s.parts = append(s.parts, f)
}

func (f *flow) foot() float64 { return f.box.Y + math.Max(f.box.H, stripPitch) }

// stack puts the parts of a count below each other, at the next stage. What is
// nothing is left out, but what is lost.
func (s *strip) stack(parts []*flow, from *flow, y float64, full int) float64 {
	for _, f := range parts {
		if f.n <= 0 && !f.bold {
			continue
		}
		f.from, f.stage = from, from.stage+1
		s.put(f, y, full)
		y = f.foot() + 3
	}
	return y
}

// gates divides the right side of a block among its parts.
func (s *strip) gates(f *flow) {
	sum := 0.0
	for _, part := range s.parts {
		if part.from == f {
			sum += part.box.H
		}
	}
	y := f.box.Y
	for _, part := range s.parts {
		if part.from == f && sum > 0 {
			h := part.box.H / sum * f.box.H
			part.gate = Box{f.box.X + blockWide, y, 0, h}
			y += h
		}
	}
}

// notes say what the picture does not.
func (s *strip) notes(a record.Accounting) {
	var beside []string
	for _, p := range words.Beside(a) {
		if p.N > 0 && p.Word != "planned, not sent" { // that is in the strip
			beside = append(beside, fmt.Sprintf("%d %s", p.N, p.Word))
		}
	}
	if why := words.Unbalanced(a); why != "" {
		s.foot = append(s.foot, footnote{why, Bad})
	}
	if len(beside) > 0 {
		s.foot = append(s.foot, footnote{"beside these: " + strings.Join(beside, ", "), Muted})
	}
	for _, f := range s.parts {
		if f.box.H == stripLeast {
			s.foot = append(s.foot, footnote{"what is very little is drawn wider than it is", Muted})
			break
		}
	}
}

func (s *strip) alt() string {
	var said []string
	for _, f := range s.parts {
		said = append(said, fmt.Sprintf("%d %s", f.n, f.word))
	}
	return "Copies: " + strings.Join(said, ", ") + "."
}

func (s *strip) draw(p *pen) {
	for _, f := range s.parts {
		if f.from != nil && f.box.H > 0 && f.gate.H > 0 {
			p.Path(ribbonOf(f.gate, f.box), true, Style{Fill: f.style.Stroke, Opacity: 0.16})
		}
	}
	for _, f := range s.parts {
		p.group(Group{Label: fmt.Sprintf("%d %s", f.n, f.word)}, func() {
			if f.box.H > 0 {
				p.box(f.box, f.style)
			}
			s.name(p, f)
		})
	}
	for n, note := range s.foot {
		p.fitted(Point{stripLeft, s.bottom + float64(n)*stripFoot + 9}, note.text, Narrow-2*stripLeft, Lettering{Ink: note.ink, Size: smallSize})
	}
}

// name writes the number, then what it counts.
func (s *strip) name(p *pen, f *flow) {
	number := Lettering{Size: bodySize, Bold: true}
	word := Lettering{Size: bodySize}
	if f.bold && f.n > 0 {
		number.Ink, word.Ink, word.Bold = Bad, Bad, true
	}
	at := Point{f.box.X + blockWide + 5, f.box.Y + math.Max(f.box.H, stripPitch)/2 + 3.5}
	if f.box.H < stripPitch && f.box.H > 0 {
		at.Y = f.box.Y + f.box.H/2 + 3.5
	}
	digits := fmt.Sprint(f.n)
	p.label(at, digits, number)
	at.X += TextWidth(digits, bodySize, true)*spare + 3
	p.fitted(at, f.word, min(stageApart, Narrow-at.X), word)
}

// ribbonOf is the band from the right side of one box to the left of another.
func ribbonOf(from, to Box) []Point {
	const steps = 14
	var upper, lower []Point
	for i := 0; i <= steps; i++ {
		t := float64(i) / steps
		bend := t * t * (3 - 2*t)
		x := from.X + (to.X-from.X)*t
		upper = append(upper, Point{x, from.Y + (to.Y-from.Y)*bend})
		lower = append(lower, Point{x, from.Y + from.H + (to.Y+to.H-from.Y-from.H)*bend})
	}
	for i := len(lower) - 1; i >= 0; i-- {
		upper = append(upper, lower[i])
	}
	return upper
}
