package figure

import (
	"slices"
	"strings"

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
