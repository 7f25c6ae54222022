package figure

import (
	"fmt"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// panel is one row of a figure over time.
type panel interface {
	// height is the room that it takes; 0: it has nothing to show.
	height() float64
	put(top float64)
	draw(p *pen)
}

// placed is where a panel is.
type placed struct{ top float64 }

func (p *placed) put(top float64) { p.top = top }

// Timeline shows the whole run, all rows over one axis of time.
func Timeline(r record.Record, c chronicle.Chronicle) Figure {
	s := newStage(r, c, Wide)
	lanes := newLanes(s, lanesMost)
	rows := []panel{
		&ribbon{stage: s}, newFaultRows(s), newRulers(s, lanes), lanes,
		newScatter(s, arrivalView), newScatter(s, acceptView), newDepths(s), newRates(s),
		&timeAxis{stage: s}, newLegend(s, legendOf(s, true)...), newRemarks(s),
	}
	f := s.figure(rows)
	f.ID, f.Title = "timeline", "Timeline"
	f.Alt = altOf(s)
	return f
}

// Compact shows phases, faults and services over time, for a first page.
func Compact(r record.Record, c chronicle.Chronicle) Figure {
	const width, most = Narrow, 8
	s := newStage(r, c, width)
	lanes := newLanes(s, most)
	f := s.figure([]panel{&ribbon{stage: s}, newFaultRows(s), newRulers(s, lanes), lanes,
		&timeAxis{stage: s}, newLegend(s, legendOf(s, false)...)})
	f.ID, f.Title = "overview", "Overview"
	f.Alt = altOf(s)
	return f
}

// figure puts panels below each other.
func (s *stage) figure(rows []panel) Figure {
	const margin = 6
	y, last := float64(margin), float64(margin)
	from := y
	for _, row := range rows {
		h := row.height()
		row.put(y)
		switch row.(type) {
		case *faultRows:
			from = y
		case *timeAxis, *relativeAxis:
			last = y
		}
		y += h
	}
	height := y + margin
	return Figure{Width: s.width, Height: height, Axis: s.axis(), Draw: func(c Canvas) {
		p := newPen(c, s.width, height)
		s.ground(p, from, last)
		for _, row := range rows {
			if row.height() > 0 {
				row.draw(p)
			}
		}
	}}
}

// ground draws what is behind the panels: lines to read time by, and the shade
// of each fault.
func (s *stage) ground(p *pen, from, to float64) {
	s.scrolled(p, "", from, to-from, func() {
		for _, t := range s.time.ticks(timeTicks, timeSteps(s.time.to)) {
			p.line(s.time.at(t), from, s.time.at(t), to, Style{Stroke: Grid, Width: 0.5})
		}
		for _, b := range s.bands {
			s.shade(p, b, from, to)
		}
	})
}

// shadesMost is how many faults are shaded as they should be.
const shadesMost = 4

// shade darkens the time in which a fault was in effect, where that is sure a
// little more.
func (s *stage) shade(p *pen, b band, from, to float64) {
	if b.effective == nil {
		return
	}
	sure, maybe := 0.08, 0.04
	if len(s.bands) > shadesMost { // they lie over each other
		sure, maybe = 0.04, 0.02
	}
	begin, end := b.effective.Low, s.time.to
	sureBegin, sureEnd := upper(b.effective, end), end
	if b.healed != nil {
		sureEnd, end = b.healed.Low, upper(b.healed, s.time.to)
	}
	if !s.shown(begin, end) {
		return
	}
	p.box(s.span(begin, end, from, to-from), Style{Fill: b.ink, Opacity: maybe})
	if sureBegin < sureEnd {
		p.box(s.span(sureBegin, sureEnd, from, to-from), Style{Fill: b.ink, Opacity: sure - maybe})
	}
	p.line(s.time.at(begin), from, s.time.at(begin), to, edge(b, b.lateOn))
	if b.healed != nil {
		p.line(s.time.at(end), from, s.time.at(end), to, edge(b, b.lateOff))
	}
}

// edge is the line where a fault begins or ends: dashed where that was not as
// commanded.
func edge(b band, apart bool) Style {
	s := Style{Stroke: b.ink, Width: 0.6}
	if apart {
		s.Dash = Dashed
	}
	return s
}

// altOf says in words what a timeline shows.
func altOf(s *stage) string {
	said := []string{fmt.Sprintf("%s s of a drill.", words.Exact(s.time.to))}
	for _, b := range s.bands {
		said = append(said, b.said+".")
	}
	down := 0
	for _, l := range s.chronicle.Lanes {
		for _, c := range l.Cells {
			if c.State == chronicle.Down {
				down++
				break
			}
		}
	}
	if n := len(s.chronicle.Lanes); n > 0 {
		said = append(said, fmt.Sprintf("%d of %d services and nodes were down at some time.", down, n))
	}
	return strings.Join(said, " ")
}
