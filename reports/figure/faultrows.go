package figure

import (
	"maildrill/reports/chronicle"
)

// faultRows show what was done to the system: each fault and action as a band
// with its name, as commanded and as seen.
type faultRows struct {
	*stage
	placed
	rows  []int      // row of each band
	names []bandName // where the name of each band is
	count int
}

// bandName is a name and where it is put; none fits where it is empty.
type bandName struct {
	text   string
	x      float64
	anchor Anchor
}

const (
	bandHeight = 19
	bandPitch  = 23
	stripMost  = 7 // height of what was seen, of all targets together
	bandInset  = 4
)

var bandLetters = Lettering{Size: smallSize}

// newFaultRows puts bands that do not meet into one row, with their names.
func newFaultRows(s *stage) *faultRows {
	f := &faultRows{stage: s}
	var ends []float64 // of the last band of each row
	for _, b := range s.bands {
		name := s.nameOf(b)
		from, to := s.reach(b, name)
		row := 0
		for row < len(ends) && ends[row]+bandInset > from {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row] = to
		f.rows, f.names = append(f.rows, row), append(f.names, name)
	}
	f.count = len(ends)
	return f
}

// nameOf finds the longest name of a band that fits into it or beside it.
func (s *stage) nameOf(b band) bandName {
	box := s.span(b.from, b.to, 0, 0)
	for _, text := range b.names {
		room := textRoom(text, bandLetters) + bandInset
		switch {
		case room <= box.W-bandInset:
			return bandName{text, box.X + bandInset, Start}
		case box.X+box.W+room <= s.time.end:
			return bandName{text, box.X + box.W + bandInset, Start}
		case box.X-room >= s.time.low:
			return bandName{text, box.X - bandInset, End}
		}
	}
	return bandName{}
}

// reach is from where to where a band and its name are.
func (s *stage) reach(b band, n bandName) (from, to float64) {
	box := s.span(b.from, b.to, 0, 0)
	from, to = box.X, box.X+box.W
	if n.text != "" {
		name := textBox(Point{X: n.x}, n.text, Lettering{Size: smallSize, Anchor: n.anchor})
		from, to = min(from, name.X), max(to, name.X+name.W)
	}
	return from, to
}

func (f *faultRows) height() float64 {
	if f.count == 0 {
		return 0
	}
	return float64(f.count)*bandPitch + 2
}

func (f *faultRows) draw(p *pen) {
	f.gutter(p, f.top+12, f.title(), Lettering{Ink: Muted, Size: smallSize})
	f.scrolled(p, "", f.top, f.height(), func() {
		for n, b := range f.bands {
			top := f.top + float64(f.rows[n])*bandPitch
			p.group(Group{Label: b.said, Link: b.link}, func() {
				f.commandedBoxes(p, b, top)
				f.strips(p, b, top)
				l := bandLetters
				l.Anchor = f.names[n].anchor
				p.label(Point{f.names[n].x, top + 9.5}, f.names[n].text, l)
			})
		}
	})
}

func (f *faultRows) title() string {
	faults, actions := false, false
	for _, b := range f.bands {
		faults, actions = faults || !b.action, actions || b.action
	}
	switch {
	case faults && actions:
		return "faults, actions"
	case actions:
		return "actions"
	}
	return "faults"
}

// commandedBoxes draw what was asked for, one behind the other: those of several
// targets are nearly the same.
func (f *faultRows) commandedBoxes(p *pen, b band, top float64) {
	s := Style{Fill: b.ink, Opacity: 0.16, Stroke: b.ink, Width: 0.75}
	if b.effective == nil && !b.action {
		s.Dash = Dashed
	}
	for _, c := range merged(b.commanded) {
		if f.shown(c.From, c.To) {
			p.box(f.span(c.From, c.To, top, bandHeight), s)
		}
	}
}

// strips draw what was seen at each target, at the foot of the band.
func (f *faultRows) strips(p *pen, b band, top float64) {
	h := float64(stripMost) / float64(max(1, len(b.seen)))
	for n, cells := range b.seen {
		y := top + bandHeight - stripMost + float64(n)*h
		for _, c := range cells {
			s, ok := seenStyle(b, c.State)
			if c.State == chronicle.NoData { // matters only while there may have been an effect
				c.From, c.To = max(c.From, b.from), min(c.To, b.to)
				ok = c.From < c.To
			}
			if ok && f.shown(c.From, c.To) {
				p.box(f.span(c.From, c.To, y, h), s)
			}
		}
	}
}

// seenStyle is how a state of a fault is drawn. Off is not.
func seenStyle(b band, s chronicle.State) (Style, bool) {
	switch s {
	case chronicle.On:
		return Style{Fill: b.ink, Opacity: 0.55, Stroke: b.ink, Hatch: b.hatch, Width: 0.5}, true
	case chronicle.Partial:
		return Style{Fill: b.ink, Opacity: 0.2, Stroke: b.ink, Hatch: b.hatch, Width: 0.5}, true
	case chronicle.Unsure:
		return Style{Fill: Paper, Stroke: b.ink, Hatch: Specks, Width: 0.5}, true
	case chronicle.NoData:
		return blind, true
	}
	return Style{}, false
}

// merged joins stretches that meet, in their order.
func merged(all []chronicle.Stretch) []chronicle.Stretch {
	var out []chronicle.Stretch
	for _, s := range all {
		joined := false
		for i, o := range out {
			if s.From <= o.To && o.From <= s.To {
				out[i] = chronicle.Stretch{From: min(s.From, o.From), To: max(s.To, o.To)}
				joined = true
				break
			}
		}
		if !joined {
			out = append(out, s)
		}
	}
	return out
}
