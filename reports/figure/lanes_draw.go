package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

func (l *lanes) draw(p *pen) {
	for n, lane := range l.shown {
		l.bar(p, lane, l.top+2+l.tops[n])
	}
	if l.over != nil {
		l.over(p)
	}
	for n, lane := range l.shown {
		if !isNode(lane.Service) {
			l.recoveries(p, lane, l.top+2+l.tops[n])
		}
	}
	foot := Point{l.time.low, l.top + l.room - 4}
	switch {
	case len(l.folded) > 0:
		said := fmt.Sprintf("%d more were up at every probe: %s", len(l.folded), strings.Join(l.folded, ", "))
		p.group(Group{Label: said}, func() {
			p.fitted(foot, said, l.time.end-l.time.low, Lettering{Ink: Muted, Size: smallSize})
		})
	case len(l.shown) == 0 && l.room > 0:
		p.fitted(foot, "what the probes saw is not at hand", l.time.end-l.time.low, Lettering{Ink: Muted, Size: smallSize})
	}
}

func (l *lanes) bar(p *pen, lane chronicle.Lane, top float64) {
	bar, base := float64(laneBar), top+9.5
	if isNode(lane.Service) {
		bar, base = nodeBar, top+6.5
	}
	l.gutter(p, base, lane.Service, laneLetters(lane.Service))
	l.scrolled(p, "", top-1, bar+2, func() {
		for _, c := range l.whole(lane.Cells) {
			said := fmt.Sprintf("%s %s, %s to %s s", words.Plain(lane.Service), words.Plain(string(c.State)), words.Low(c.From), words.High(c.To))
			p.group(Group{Label: said}, func() { p.box(l.span(c.From, c.To, top, bar), laneStyle(c.State)) })
		}
	})
}

// whole are cells from the beginning of the axis to its end: what is missing has
// no data.
func (s *stage) whole(cells []chronicle.Cell) []chronicle.Cell {
	const hair = 1e-6 // seconds
	sorted := slices.DeleteFunc(slices.Clone(cells), func(c chronicle.Cell) bool { return !s.shown(c.From, c.To) })
	slices.SortStableFunc(sorted, func(a, b chronicle.Cell) int { return cmp.Compare(a.From, b.From) })
	var out []chronicle.Cell
	at := math.Max(0, s.time.from)
	missing := func(to float64) {
		if to > at+hair {
			out = append(out, chronicle.Cell{From: at, To: to, State: chronicle.NoData})
		}
	}
	for _, c := range sorted {
		missing(c.From)
		out = append(out, c)
		at = math.Max(at, c.To)
	}
	missing(math.Min(s.time.to, lengthOf(s.record, s.chronicle)))
	return out
}

// recoveries write how long each outage took, where the service is up again and
// there is room.
func (l *lanes) recoveries(p *pen, lane chronicle.Lane, top float64) {
	l.scrolled(p, "", top-1, laneBar+2, func() {
		for _, o := range l.record.Services[lane.Service].Outages {
			if from, to := l.upAfter(lane, o); to > from {
				at := Point{l.time.at(from) + bandInset, top + 9.5}
				took := words.Interval(&o.RTA, "s")
				p.slid(at, l.time.at(to)-bandInset, Lettering{Size: smallSize}, "gone "+took, took)
			}
		}
	})
}

// upAfter is from when a service was up after an outage to when it was seen
// otherwise; a glance that is missing in between does not matter.
func (l *lanes) upAfter(lane chronicle.Lane, o record.Outage) (from, to float64) {
	glance := (l.time.to - l.time.from) / 100
	gone := false
	for _, c := range lane.Cells {
		if c.State == chronicle.Down && c.To > o.Began.Low && to == 0 {
			gone = true
		}
		switch up := c.State == chronicle.Up; {
		case gone && up && c.From >= o.Began.Low && to == 0:
			from, to = c.From, c.To
		case to > 0 && (up || c.State == chronicle.NoData && c.To-c.From < glance):
			to = c.To
		case to > 0:
			return from, to
		}
	}
	return from, math.Min(to, l.time.to)
}
