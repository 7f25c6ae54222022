package planning

import "strings"

// grid is a sheet of characters. Lines are kept as the directions that they leave
// a cell in, so that those that cross or join are drawn so.
type grid struct {
	lines [][]uint8
	text  [][]rune // 0: nothing is written there
}

// Directions.
const (
	up uint8 = 1 << iota
	down
	left
	right
)

// joints are the characters of box drawing, by direction.
var joints = map[uint8]rune{
	left | right: '─', up | down: '│', left: '─', right: '─', up: '│', down: '│',
	down | right: '┌', down | left: '┐', up | right: '└', up | left: '┘',
	up | down | right: '├', up | down | left: '┤', left | right | down: '┬', left | right | up: '┴',
	up | down | left | right: '┼',
}

func newGrid(width, height int) *grid {
	g := &grid{}
	for range height {
		g.lines, g.text = append(g.lines, make([]uint8, width)), append(g.text, make([]rune, width))
	}
	return g
}

func (g *grid) horizontal(y, from, to int) {
	for x := min(from, to); x < max(from, to); x++ {
		g.lines[y][x] |= right
		g.lines[y][x+1] |= left
	}
}

func (g *grid) vertical(x, from, to int) {
	for y := min(from, to); y < max(from, to); y++ {
		g.lines[y][x] |= down
		g.lines[y+1][x] |= up
	}
}

func (g *grid) box(x, y, width, height int) {
	g.horizontal(y, x, x+width-1)
	g.horizontal(y+height-1, x, x+width-1)
	g.vertical(x, y, y+height-1)
	g.vertical(x+width-1, y, y+height-1)
}

func (g *grid) write(x, y int, s string) {
	for _, r := range s {
		if x < len(g.text[y]) {
			g.text[y][x] = r
		}
		x++
	}
}

// rows gives the sheet as lines of text without spaces at their ends.
func (g *grid) rows() []string {
	var out []string
	for y := range g.lines {
		var b strings.Builder
		for x := range g.lines[y] {
			switch {
			case g.text[y][x] != 0:
				b.WriteRune(g.text[y][x])
			case g.lines[y][x] != 0:
				b.WriteRune(joints[g.lines[y][x]])
			default:
				b.WriteByte(' ')
			}
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}
