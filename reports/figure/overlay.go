package figure

import (
	"fmt"
	"math"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// Side is one of two runs that are compared.
type Side struct {
	Name      string // short: "before"
	Record    record.Record
	Chronicle chronicle.Chronicle
}

// Overlay shows two runs below each other, faults and services, with time
// counted from when the first fault of each took effect.
func Overlay(a, b Side) Figure {
	o := newOverlay(a, b)
	rows := []panel{&compared{overlay: o}, &relativeAxis{timeAxis{stage: o.frame}}, newLegend(o.frame, o.keys()...)}
	f := o.frame.figure(rows)
	f.ID, f.Title, f.Axis = "overlay", "Both runs", nil
	f.Alt = fmt.Sprintf("Faults and services of %s and %s, by the time since the first fault took effect.", words.Plain(a.Name), words.Plain(b.Name))
	return f
}

// overlay are two runs on one axis.
type overlay struct {
	frame *stage // the axis that both share: from the first fault on
	sides [2]*stage
	names [2]string
	rows  []string // services of either
}

func newOverlay(a, b Side) *overlay {
	o := &overlay{names: [2]string{words.Plain(a.Name), words.Plain(b.Name)}}
	sides := [2]Side{a, b}
	var zero [2]float64
	before, after := 0.0, 1.0
	gutter := float64(gutterLeast)
	var union []chronicle.Lane
	for n, s := range sides {
		zero[n] = firstEffect(s.Record)
		before = math.Max(before, zero[n])
		after = math.Max(after, lengthOf(s.Record, s.Chronicle)-zero[n])
		gutter = max(gutter, textRoom(o.names[n], Lettering{Size: smallSize})+gutterBeside)
		for _, l := range s.Chronicle.Lanes {
			if !slices.ContainsFunc(union, func(o chronicle.Lane) bool { return o.Service == l.Service }) {
				union = append(union, l)
			}
			gutter = max(gutter, textRoom(l.Service, laneLetters(l.Service))+gutterBeside+sideMark)
		}
	}
	for _, l := range arranged(union) {
		o.rows = append(o.rows, l.Service)
	}
	axis := scale{low: min(gutter, gutterMost), end: Wide - marginRight}
	for n, s := range sides {
		axis.from, axis.to = zero[n]-before, zero[n]+after
		o.sides[n] = stageOn(s.Record, s.Chronicle, Wide, axis)
	}
	axis.from, axis.to = -before, after
	o.frame = stageOn(record.Record{}, chronicle.Chronicle{}, Wide, axis)
	return o
}

// firstEffect is when the first fault took effect; 0: none did.
func firstEffect(r record.Record) float64 {
	first := math.Inf(1)
	for _, f := range r.Faults {
		if f.Effective != nil && finite(f.Effective.Low) {
			first = math.Min(first, f.Effective.Low)
		}
	}
	if math.IsInf(first, 1) {
		return 0
	}
	return math.Max(0, first)
}

func (o *overlay) keys() []key {
	seen := map[string]bool{}
	var keys []key
	for _, s := range o.sides {
		for _, k := range append(bandKeys(s), laneKeys(s)...) {
			if !seen[k.word] {
				seen[k.word] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// compared are the rows of both runs.
type compared struct {
	*overlay
	placed
}

const (
	comparedBand  = 22
	comparedLane  = 24
	comparedBar   = 9
	sideMark      = 14 // room for A or B
	comparedFoot  = 6
	comparedApart = 6
)

// sideLetters name the runs in the rows.
var sideLetters = [2]string{"A", "B"}

func (c *compared) height() float64 {
	return 2*comparedBand + comparedApart + float64(len(c.rows))*comparedLane + comparedFoot
}

func (c *compared) draw(p *pen) {
	zero := c.frame.time.at(0)
	p.line(zero, c.top, zero, c.top+c.height(), Style{Stroke: Text, Width: 1})
	for n, s := range c.sides {
		y := c.top + float64(n)*comparedBand
		c.frame.gutter(p, y+12, sideLetters[n]+"  "+c.names[n], Lettering{Size: smallSize, Bold: true})
		c.faults(p, s, y)
	}
	for n, service := range c.rows {
		y := c.top + 2*comparedBand + comparedApart + float64(n)*comparedLane
		l := laneLetters(service)
		l.Anchor = End
		room := c.frame.time.low - gutterBeside - sideMark
		p.fitted(Point{room, y + 12}, service, room, l)
		for side, s := range c.sides {
			c.lane(p, s, side, service, y+float64(side)*(comparedBar+1))
		}
	}
}

// faults draws all faults of a run in one row, with their names where there is
// room.
func (c *compared) faults(p *pen, s *stage, top float64) {
	rows := &faultRows{stage: s}
	s.scrolled(p, "", top, bandHeight+1, func() {
		for _, b := range s.bands {
			if b.action {
				continue
			}
			p.group(Group{Label: b.said}, func() {
				rows.commandedBoxes(p, b, top)
				rows.strips(p, b, top)
				name := s.nameOf(b)
				l := bandLetters
				l.Anchor = name.anchor
				p.label(Point{name.x, top + 9.5}, name.text, l)
			})
		}
	})
}

func (c *compared) lane(p *pen, s *stage, side int, service string, top float64) {
	p.label(Point{s.time.low - gutterBeside + 2, top + 7.5}, sideLetters[side], Lettering{Ink: Muted, Size: smallSize, Anchor: End})
	s.scrolled(p, "", top-1, comparedBar+2, func() {
		cells, ok := cellsOf(s, service)
		if !ok {
			p.label(Point{s.time.low + 3, top + 7.5}, "not in this run", Lettering{Ink: Muted, Size: smallSize})
		}
		if ok {
			cells = s.whole(cells)
		}
		for _, cell := range cells {
			said := fmt.Sprintf("%s of %s %s, %s to %s s of its run", words.Plain(service), c.names[side], words.Plain(string(cell.State)), words.Low(cell.From), words.High(cell.To))
			p.group(Group{Label: said}, func() { p.box(s.span(cell.From, cell.To, top, comparedBar), laneStyle(cell.State)) })
		}
	})
}

func cellsOf(s *stage, service string) (cells []chronicle.Cell, ok bool) {
	for _, l := range s.chronicle.Lanes {
		if l.Service == service {
			return l.Cells, true
		}
	}
	return nil, false
}

// relativeAxis is the scale of time since the first fault took effect.
type relativeAxis struct{ timeAxis }

func (a *relativeAxis) draw(p *pen) {
	span := a.time.to - a.time.from
	step := stepOf(span, timeTicks, timeSteps(span))
	p.line(a.time.low, a.top, a.time.end, a.top, Style{Stroke: Muted, Width: 0.75})
	for _, t := range a.time.ticks(timeTicks, timeSteps(span)) {
		x := a.time.at(t)
		p.line(x, a.top, x, a.top+4, Style{Stroke: Muted, Width: 0.75})
		p.label(Point{x, a.top + 15}, clockWord(t, step), Lettering{Ink: Muted, Size: smallSize, Anchor: Middle})
	}
	const apart = 24
	p.label(Point{a.time.low - apart, a.top + 15}, "since fault", Lettering{Ink: Muted, Size: smallSize, Anchor: End})
}
