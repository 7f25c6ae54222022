package figure

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Sizes of the picture of a topology, in points.
const (
	nodeHigh   = 40
	nodeStep   = 56 // from one node to the one below
	nodeWidest = 118
	nodeApart  = 46 // between columns, at least
	siteHead   = 15 // the line with the name of a site
	siteGap    = 8
	nodesMost  = 60 // more have no place on a page
)

// Topology draws the mail system of a run: nodes in columns from where mail comes
// in to where it is kept, the ways between them, frames around sites. What a fault
// was aimed at has the pattern of that fault and its number.
func Topology(r record.Record) Figure {
	t := r.Topology
	if t == nil || len(t.Nodes) == 0 || len(t.Nodes) > nodesMost {
		return Figure{}
	}
	s := newSystem(r)
	return Figure{ID: "system", Title: "The mail system", Alt: s.alt(), Width: Narrow, Height: s.height,
		Draw: func(c Canvas) { s.draw(newPen(c, Narrow, s.height)) }}
}

// system is the picture of a topology, laid out.
type system struct {
	topology record.Topology
	nodes    []standing
	frames   []frame
	marks    map[string][]int // faults by what they were aimed at, from 0
	faults   []record.Fault
	foot     float64 // where the legend begins
	height   float64
}

// standing is a node with its place.
type standing struct {
	record.TopologyNode
	box    Box
	column int
}

// frame is the outline of a site.
type frame struct {
	site string
	box  Box
}

func newSystem(r record.Record) *system {
	s := &system{topology: *r.Topology, marks: map[string][]int{}, faults: r.Faults}
	for n, f := range r.Faults {
		for _, on := range f.Targets {
			s.marks[on] = append(s.marks[on], n)
		}
	}
	s.layOut()
	s.height = s.foot + float64(len(s.legend()))*legendPitch + 6
	return s
}

// layOut gives every node its place: a band for each site, and one for those that
// are in none. Nodes that mail does not pass stand below.
func (s *system) layOut() {
	columns, beside := s.topology.Columns()
	n := max(1, len(columns))
	width := min(nodeWidest, (Narrow-12-float64(n-1)*nodeApart)/float64(n))
	apart := 0.0
	if n > 1 {
		apart = (Narrow - 12 - float64(n)*width) / float64(n-1)
	}
	y := 6.0
	for _, site := range s.sites() {
		y = s.band(site, columns, width, apart, y)
	}
	for _, nodes := range columns {
		y = max(y, 6+float64(len(nodes))*nodeStep)
	}
	s.between(y)
	y += siteGap
	for i, node := range beside {
		perRow := max(1, int((Narrow-12)/(width+12)))
		row, place := i/perRow, i%perRow
		s.nodes = append(s.nodes, standing{node, Box{6 + float64(place)*(width+12), y + float64(row)*nodeStep, width, nodeHigh}, -1})
		if i == len(beside)-1 {
			y += float64(row+1) * nodeStep
		}
	}
	s.foot = y
}

// sites are the bands, in the order of the file; "" are nodes without one.
func (s *system) sites() (all []string) {
	for _, n := range s.topology.Nodes {
		if !slices.Contains(all, n.Site) {
			all = append(all, n.Site)
		}
	}
	return all
}

// band puts the nodes of one site below y, and gives where it ends.
func (s *system) band(site string, columns [][]record.TopologyNode, width, apart, y float64) float64 {
	top, most := y, 0
	if site != "" {
		top += siteHead
	}
	var in []Box
	for c, nodes := range columns {
		row := 0
		for _, n := range nodes {
			if n.Site != site {
				continue
			}
			b := Box{6 + float64(c)*(width+apart), top + float64(row)*nodeStep, width, nodeHigh}
			s.nodes = append(s.nodes, standing{n, b, c})
			in, row = append(in, b), row+1
		}
		if site != "" || !s.apart(nodes) {
			most = max(most, row)
		}
	}
	end := top + float64(most)*nodeStep
	if site == "" || len(in) == 0 {
		return end
	}
	left, right := in[0].X, 0.0
	for _, b := range in {
		left, right = min(left, b.X), max(right, b.X+b.W)
	}
	s.frames = append(s.frames, frame{site, Box{left - 5, y, right - left + 10, end - y - (nodeStep - nodeHigh) + 6}})
	return end + siteGap
}

// apart tells whether a column of nodes without a site stands beside sites: it
// takes no band of its own.
func (s *system) apart(column []record.TopologyNode) bool {
	return len(s.sites()) > 1 && !slices.ContainsFunc(column, func(n record.TopologyNode) bool { return n.Site != "" })
}

// between centres the columns that belong to no site on all bands, where no other
// node of theirs has one: senders stand beside everything.
func (s *system) between(end float64) {
	byColumn := map[int][]int{}
	for i, n := range s.nodes {
		byColumn[n.column] = append(byColumn[n.column], i)
	}
	for _, members := range byColumn {
		if slices.ContainsFunc(members, func(i int) bool { return s.nodes[i].Site != "" }) {
			continue
		}
		first := max(6, (end-float64(len(members))*nodeStep)/2+6)
		for row, i := range members {
			s.nodes[i].box.Y = first + float64(row)*nodeStep
		}
	}
}

func (s *system) at(name string) (standing, bool) {
	i := slices.IndexFunc(s.nodes, func(n standing) bool { return n.Name == name })
	if i < 0 {
		return standing{}, false
	}
	return s.nodes[i], true
}

// marked is the style of something that faults were aimed at: the pattern and the
// ink of the first of them.
func (s *system) marked(name string) (Style, bool) {
	m := s.marks[name]
	if len(m) == 0 {
		return Style{}, false
	}
	ink := FaultInk(m[0])
	return Style{Fill: ink, Opacity: 0.14, Stroke: ink, Width: 1.6, Hatch: faultHatches[m[0]%len(faultHatches)]}, true
}

// numbers are the faults on something: "1, 3".
func (s *system) numbers(name string) string {
	var said []string
	for _, n := range s.marks[name] {
		said = append(said, fmt.Sprint(n+1))
	}
	return strings.Join(said, ", ")
}

// legend has a line for each fault.
func (s *system) legend() (keys []key) {
	for n, f := range s.faults {
		text := fmt.Sprintf("fault %d, %s: %s on %s", n+1, words.Plain(f.Step), words.Plain(f.Kind), words.List(f.Targets))
		ink := FaultInk(n)
		keys = append(keys, boxKey(fit(text, Narrow-40, Lettering{Size: smallSize}),
			Style{Fill: ink, Opacity: 0.14, Stroke: ink, Hatch: faultHatches[n%len(faultHatches)]}))
	}
	return keys
}

// alt says the picture in words.
func (s *system) alt() string {
	said := []string{fmt.Sprintf("%d nodes.", len(s.topology.Nodes))}
	for _, p := range s.topology.Paths {
		said = append(said, fmt.Sprintf("%s leads to %s.", words.Plain(p.From), words.Plain(p.To)))
	}
	for n, f := range s.faults {
		said = append(said, fmt.Sprintf("Fault %d, %s, was aimed at %s.", n+1, words.Plain(f.Kind), words.List(f.Targets)))
	}
	return strings.Join(said, " ")
}
