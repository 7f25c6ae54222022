package compare

import (
	"fmt"
	"math"
	"strings"

	"maildrill/reports/words"
)

// Letters draw the timeline for a terminal of this many columns: of each lane
// the run before, and the run of now below it. Nil: there is nothing to draw.
func (t Timeline) Letters(width int) []string {
	names := 0
	for _, l := range t.Lanes {
		names = max(names, words.Columns(words.Plain(l.Name)))
	}
	names = min(names, longestName)
	g := grid{t, width - names - len(" before ")}
	if len(t.Lanes) == 0 || g.cells < fewestCells || !(t.To > t.From) || math.IsInf(t.To-t.From, 0) {
		return nil
	}
	out := []string{strings.Repeat(" ", width-g.cells) + g.scale()}
	for _, l := range t.Lanes {
		out = append(out, words.Pad(words.Plain(l.Name), names)+" before "+g.track(l, l.Before),
			strings.Repeat(" ", names)+" now    "+g.track(l, l.Now))
	}
	return out
}

// lettersKey explains the letters of [Timeline.Letters].
const lettersKey = "= fault, # fault in effect, x no service, ~ unsteady, ? not looked at"

const (
	longestName = 16
	fewestCells = 20
)

// grid maps the axis to the cells of a line.
type grid struct {
	t     Timeline
	cells int
}

func (g grid) cell(at float64) int {
	c := (at - g.t.From) / (g.t.To - g.t.From) * float64(g.cells)
	if !(c > 0) { // also: not a number
		return 0
	}
	return int(math.Min(c, float64(g.cells-1)))
}

// scale is the line with both ends and the origin.
func (g grid) scale() string {
	line := []byte(strings.Repeat(" ", g.cells))
	write := func(at int, text string) {
		if at >= 0 && at+len(text) <= g.cells && strings.TrimSpace(string(line[max(0, at-1):at+len(text)])) == "" {
			copy(line[at:], text)
		}
	}
	from, to := words.Exact(math.Round(g.t.From))+" s", words.Exact(math.Round(g.t.To))+" s"
	write(0, from)
	write(g.cells-len(to), to)
	write(g.cell(0), "|0")
	return string(line)
}

// track is one run's line of a lane.
func (g grid) track(l Lane, t Track) string {
	line := []byte(strings.Repeat("?", g.cells))
	quiet := byte('-')
	if l.Fault {
		quiet = '.'
	}
	draw := func(from, to float64, with byte) {
		for i := g.cell(from); i <= g.cell(to); i++ {
			line[i] = with
		}
	}
	if t.Seen && t.From < t.To {
		draw(t.From, t.To, quiet)
	}
	for _, s := range t.Stretches {
		draw(s.From, s.To, map[Is]byte{On: '=', InEffect: '#', Gone: 'x', Unsteady: '~'}[s.Is])
	}
	return string(line)
}

// originWord says where the origin of the axis is.
func (t Timeline) originWord() string {
	if t.Aligned {
		return "seconds since the first fault was injected"
	}
	return "seconds since the start of each run, because one of them injected no fault"
}

// axisWord says what the axis is.
func (t Timeline) axisWord() string {
	return fmt.Sprintf("%s to %s: %s", words.Exact(math.Round(t.From)), words.Exact(math.Round(t.To)), t.originWord())
}
