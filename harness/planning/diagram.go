package planning

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Sizes of a diagram, in characters.
const (
	diagramWidth = 80
	gutter       = 7 // between two columns
	widestBox    = 24
)

// Marks say which faults act on a node or a link: "1,2".
type Marks map[string][]string

// Diagram draws a topology in lines of at most 80 characters: nodes as boxes, in
// columns from where mail comes in to where it is kept, with the ways between
// neighbours as lines. What has no line there is said below. Faulted nodes have the
// numbers of their faults in their box.
func Diagram(t record.Topology, marks Marks) []string {
	columns, beside := t.Columns()
	if len(columns) == 0 {
		return nil
	}
	d := newDiagram(t, columns, marks)
	d.boxes()
	said := d.paths()
	lines := d.grid.rows()
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if len(beside) > 0 {
		var names []string
		for _, n := range beside {
			names = append(names, n.Name+d.mark(n.Name)+" ("+strings.Join(n.Roles, ", ")+")")
		}
		said = append(said, "beside: "+strings.Join(names, ", "))
	}
	return append(lines, said...)
}

// place is where a node stands.
type place struct{ column, x, y int }

type diagram struct {
	topology record.Topology
	columns  [][]record.TopologyNode
	marks    Marks
	grid     *grid
	at       map[string]place
	width    int // of a box
	tall     int // of a box
}

func newDiagram(t record.Topology, columns [][]record.TopologyNode, marks Marks) *diagram {
	d := &diagram{topology: t, columns: columns, marks: marks, at: map[string]place{}, tall: 4}
	if slices.ContainsFunc(t.Nodes, func(n record.TopologyNode) bool { return n.Site != "" }) {
		d.tall = 5
	}
	n, most := len(columns), 0
	for _, c := range columns {
		most = max(most, len(c))
		for _, node := range c {
			for _, line := range d.inside(node) {
				d.width = max(d.width, len([]rune(line))+4)
			}
		}
	}
	d.width = min(d.width, widestBox, (diagramWidth-(n-1)*gutter)/n)
	d.grid = newGrid(n*d.width+(n-1)*gutter, most*d.tall)
	for c, nodes := range columns {
		top := (most - len(nodes)) * d.tall / 2
		for i, node := range nodes {
			d.at[node.Name] = place{c, c * (d.width + gutter), top + i*d.tall}
		}
	}
	return d
}

// inside are the lines in a node's box.
func (d *diagram) inside(n record.TopologyNode) []string {
	lines := []string{n.Name + d.mark(n.Name), what(n)}
	if d.tall > 4 {
		lines = append(lines, "")
		if n.Site != "" {
			lines[2] = "[" + n.Site + "]"
		}
	}
	return lines
}

// what names the role of a node; of one that has none, its server.
func what(n record.TopologyNode) string {
	if slices.Contains(n.Roles, "outside") {
		return "senders, users"
	}
	if len(n.Roles) == 0 || slices.Equal(n.Roles, []string{"other"}) {
		return n.Server
	}
	return strings.Join(n.Roles, "+")
}

// mark is what is added to the name of something that is broken.
func (d *diagram) mark(name string) string {
	if m := d.marks[name]; len(m) > 0 {
		return " ✗" + strings.Join(m, ",")
	}
	return ""
}

func (d *diagram) boxes() {
	for _, nodes := range d.columns {
		for _, n := range nodes {
			p := d.at[n.Name]
			d.grid.box(p.x, p.y, d.width, d.tall)
			for i, line := range d.inside(n) {
				d.grid.write(p.x+2, p.y+1+i, cut(line, d.width-4))
			}
		}
	}
}

func cut(text string, room int) string {
	if r := []rune(text); len(r) > room {
		return string(r[:room-1]) + "…"
	}
	return text
}

// paths draws those between neighbours, and says the others. Each node's lines
// turn in a lane of their own, so that those of two nodes are not taken for one.
func (d *diagram) paths() (said []string) {
	lanes := map[string]int{}
	used := make([]int, len(d.columns))
	for _, p := range d.topology.Paths {
		from, to := d.at[p.From], d.at[p.To]
		if to.column != from.column+1 {
			said = append(said, d.sentence(p))
			continue
		}
		if _, known := lanes[p.From]; !known {
			lanes[p.From] = used[from.column] % (gutter - 3)
			used[from.column]++
		}
		d.connect(from, to, from.x+d.width+1+lanes[p.From])
		if len(d.marks[p.Link]) > 0 && p.Link != "" {
			d.grid.write(to.x-2, to.y+1, "✗")
			said = append(said, d.sentence(p))
		}
	}
	return said
}

// connect leads a line from one box into the next, by a lane between them.
func (d *diagram) connect(from, to place, lane int) {
	start, end := from.y+2, to.y+1 // not the same row: what comes in and what goes out are told apart
	if from.y == to.y {
		start = end
	}
	d.grid.horizontal(start, from.x+d.width-1, lane)
	d.grid.vertical(lane, start, end)
	d.grid.horizontal(end, lane, to.x-1)
	d.grid.write(to.x-1, end, "►")
}

// sentence says a path: "mx2 → mx1: smtp (link mx2-mx1)".
func (d *diagram) sentence(p record.Path) string {
	text := fmt.Sprintf("%s → %s", p.From, p.To)
	if p.Service != "" {
		text += ": " + p.Service
	}
	if p.Link != "" {
		text += " (link " + p.Link + d.mark(p.Link) + ")"
	}
	return text
}
