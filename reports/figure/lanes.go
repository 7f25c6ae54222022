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

// lanes show the availability of each service, with its nodes below it.
type lanes struct {
	*stage
	placed
	shown  []chronicle.Lane // in the order in which they are drawn
	folded []string         // names of those that are not
	tops   []float64        // from the top of the panel
	over   func(*pen)       // draws over the lanes, below their words
	room   float64
}

// lanesMost is how many lanes are drawn before those of nodes that were always
// up are left out.
const lanesMost = 24

// Heights of lanes, in points: of the bar, and from one to the next.
const (
	lanePitch = 17
	laneBar   = 12
	nodePitch = 11.5
	nodeBar   = 6
)

// blind is what nobody looked at.
var blind = Style{Fill: Paper, Stroke: Blind, Hatch: Falling, Width: 0.5}

// laneStyle is how a state of a service is drawn. What is not known to be
// something else is no data.
func laneStyle(s chronicle.State) Style {
	switch s {
	case chronicle.Up:
		return Style{Fill: Good, Opacity: 0.3}
	case chronicle.Down:
		return Style{Fill: Bad}
	case chronicle.Unsteady:
		return Style{Fill: Open, Opacity: 0.3, Stroke: Open, Hatch: Rising, Width: 0.5}
	case chronicle.Unsure:
		return Style{Fill: Paper, Stroke: Open, Hatch: Specks, Width: 0.5}
	}
	return blind
}

func isNode(service string) bool { return strings.Contains(service, "@") }

func laneLetters(service string) Lettering {
	if isNode(service) {
		return Lettering{Ink: Muted, Size: smallSize}
	}
	return Lettering{Size: bodySize}
}

func newLanes(s *stage, most int) *lanes {
	l := &lanes{stage: s}
	l.shown, l.folded = choose(arranged(s.chronicle.Lanes), most)
	for _, lane := range l.shown {
		l.tops = append(l.tops, l.room)
		l.room += pitchOf(lane)
	}
	if len(l.folded) > 0 || len(l.shown) == 0 && len(s.record.Services) > 0 {
		l.room += lanePitch
	}
	return l
}

func pitchOf(l chronicle.Lane) float64 {
	if isNode(l.Service) {
		return nodePitch
	}
	return lanePitch
}

// arranged puts the lanes of nodes below their service.
func arranged(all []chronicle.Lane) []chronicle.Lane {
	var out []chronicle.Lane
	known := map[string]bool{}
	for _, l := range all {
		if isNode(l.Service) {
			continue
		}
		known[l.Service] = true
		out = append(out, l)
		for _, n := range all {
			if service, _, ok := strings.Cut(n.Service, "@"); ok && service == l.Service {
				out = append(out, n)
			}
		}
	}
	for _, n := range all {
		if service, _, ok := strings.Cut(n.Service, "@"); ok && !known[service] {
			out = append(out, n)
		}
	}
	return out
}

// choose leaves out lanes where there are too many: nodes that were always up
// first, then services that were.
func choose(all []chronicle.Lane, most int) (shown []chronicle.Lane, folded []string) {
	shown = slices.Clone(all)
	for _, nodes := range []bool{true, false} {
		if len(shown) <= most {
			break
		}
		shown = slices.DeleteFunc(shown, func(l chronicle.Lane) bool {
			if isNode(l.Service) != nodes || !alwaysUp(l) {
				return false
			}
			folded = append(folded, words.Plain(l.Service))
			return true
		})
	}
	return shown, folded
}

// alwaysUp: between its first and its last probe it was never seen otherwise.
func alwaysUp(l chronicle.Lane) bool {
	up := false
	for n, c := range l.Cells {
		edge := n == 0 || n == len(l.Cells)-1
		if c.State != chronicle.Up && !(edge && c.State == chronicle.NoData) {
			return false
		}
		up = up || c.State == chronicle.Up
	}
	return up
}

func (l *lanes) height() float64 {
	if l.room == 0 {
		return 0
	}
	return l.room + 8
}

// lane is the middle of the lane of a service.
func (l *lanes) lane(service string) (y float64, ok bool) {
	for n, lane := range l.shown {
		if lane.Service == service {
			return l.top + 2 + l.tops[n] + laneBar/2, true
		}
	}
	return 0, false
}

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
