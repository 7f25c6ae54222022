package figure

import (
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// draw puts ways behind nodes, so that one that passes a node goes on behind it.
func (s *system) draw(p *pen) {
	for _, f := range s.frames {
		p.group(Group{Label: "site " + f.site}, func() {
			p.box(f.box, Style{Stroke: Muted, Width: 0.8, Dash: Dashed})
			p.fitted(Point{f.box.X + 4, f.box.Y + 10.5}, f.site, f.box.W-8, Lettering{Ink: Muted, Size: smallSize})
		})
	}
	for _, n := range s.nodes { // what is written on a way keeps off them
		p.reserve(n.box)
	}
	for _, path := range s.topology.Paths {
		s.way(p, path)
	}
	p.taken = p.taken[:0]
	for _, n := range s.nodes {
		s.node(p, n)
	}
	for n, k := range s.legend() {
		k.drawAt(p, Point{6, s.foot + float64(n)*legendPitch + 10})
	}
}

func (s *system) node(p *pen, n standing) {
	label := n.Name + ": " + words.List(n.Roles)
	if m := s.numbers(n.Name); m != "" {
		label += ", fault " + m
	}
	p.group(Group{Label: label}, func() {
		p.box(n.box, Style{Fill: Paper, Stroke: Text, Width: 0.9})
		room := n.box.W - 10
		if style, ok := s.marked(n.Name); ok {
			p.box(n.box, style)
			tag := s.numbers(n.Name)
			at := Point{n.box.X + n.box.W - 5, n.box.Y + 14}
			l := Lettering{Bold: true, Size: bodySize, Anchor: End}
			p.box(textBox(at, "× "+tag, l), Style{Fill: Paper})
			if p.label(at, "× "+tag, l) {
				room -= textRoom("× "+tag, l) + 4
			}
		}
		s.lettered(p, Point{n.box.X + 5, n.box.Y + 14}, n.Name, room, Lettering{Bold: true, Size: bodySize})
		s.lettered(p, Point{n.box.X + 5, n.box.Y + 27}, role(n.TopologyNode), n.box.W-10, Lettering{Size: smallSize})
	})
}

// lettered writes on a ground of paper: what is below may be hatched.
func (s *system) lettered(p *pen, at Point, text string, room float64, l Lettering) {
	text = fit(text, room, l)
	if text == "" {
		return
	}
	p.box(textBox(at, text, l), Style{Fill: Paper})
	p.label(at, text, l)
}

// role says what a node is.
func role(n record.TopologyNode) string {
	for _, r := range n.Roles {
		if r == "outside" {
			return "senders, users"
		}
	}
	roles := strings.Join(n.Roles, ", ")
	if n.Server != "" && n.Server != roles {
		return roles + " · " + n.Server
	}
	return roles
}

// way draws a path: to the next column across, within a column up or down.
func (s *system) way(p *pen, path record.Path) {
	from, known := s.at(path.From)
	to, also := s.at(path.To)
	if !known || !also || path.From == path.To {
		return
	}
	a, b := ends(from.box, to.box, from.column == to.column)
	style := Style{Stroke: Muted, Width: 1}
	marked, broken := s.marked(path.Link)
	if broken && path.Link != "" {
		style = Style{Stroke: marked.Stroke, Width: 2, Dash: Dashed}
	}
	p.group(Group{Label: path.From + " to " + path.To + " " + path.Service}, func() {
		p.line(a.X, a.Y, b.X, b.Y, style)
		style.Dash = Solid
		arrow(p, a, b, style)
		s.onWay(p, path, a, b, broken && path.Link != "")
	})
}

// onWay says what goes along a path, and which fault was on it.
func (s *system) onWay(p *pen, path record.Path, a, b Point, broken bool) {
	middle := Point{(a.X + b.X) / 2, (a.Y+b.Y)/2 + 3}
	text := path.Service
	if broken {
		text = "× " + s.numbers(path.Link)
	}
	for _, shift := range []float64{0, -12, 12, -24, 24} {
		at := Point{middle.X, middle.Y + shift}
		if p.plated(at, text, Lettering{Ink: Muted, Size: smallSize, Anchor: Middle, Bold: broken}) {
			return
		}
	}
}

// ends are where a line leaves a box and where it meets the other.
func ends(from, to Box, column bool) (a, b Point) {
	switch {
	case column && from.Y < to.Y:
		return Point{from.X + from.W*0.7, from.Y + from.H}, Point{to.X + to.W*0.7, to.Y}
	case column:
		return Point{from.X + from.W*0.3, from.Y}, Point{to.X + to.W*0.3, to.Y + to.H}
	case from.X < to.X:
		return Point{from.X + from.W, from.Y + from.H/2}, Point{to.X, to.Y + to.H/2}
	}
	return Point{from.X, from.Y + from.H*0.7}, Point{to.X + to.W, to.Y + to.H*0.7}
}

// arrow is the head of a line at b.
func arrow(p *pen, a, b Point, s Style) {
	const long, wide = 6, 2.6
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length < long {
		return
	}
	x, y := (b.X-a.X)/length, (b.Y-a.Y)/length
	back := Point{b.X - long*x, b.Y - long*y}
	p.Path([]Point{b, {back.X - wide*y, back.Y + wide*x}, {back.X + wide*y, back.Y - wide*x}}, true, Style{Fill: s.Stroke, Stroke: s.Stroke, Width: 0.5})
}
