package trend

import (
	"math"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// blocks are the heights of a sparkline.
var blocks = []rune("▁▂▃▄▅▆▇█")

// Spark draws the points of an objective in letters, the newest last: their upper
// ends on a scale from 0 to the largest of them or the target, and below what is
// special about each.
func (l Line) Spark(width int) []string {
	points := l.Points[max(0, len(l.Points)-width):]
	top := l.top(points)
	if !(top > 0) {
		top = 1
	}
	bars, marks := "", ""
	for _, p := range points {
		bars += string(bar(p, top))
		marks += mark(p)
	}
	out := []string{bars}
	if marks = strings.TrimRight(marks, " "); marks != "" {
		out = append(out, marks)
	}
	return out
}

// sparkKey explains the letters of [Line.Spark].
const sparkKey = "a block is one run, the newest last; below: ! over its target, ? not sound, ^ open end, s simulated, c something changed since the run before"

// top is the end of the scale, in the unit of the objective.
func (l Line) top(points []Point) float64 {
	most := 0.0
	for _, p := range points {
		if v, ok := target(p.Target); ok {
			most = math.Max(most, v)
		}
		if p.Measured != nil {
			most = math.Max(most, height(*p.Measured))
		}
	}
	return most
}

// target is what must not be exceeded.
func target(t map[string]float64) (float64, bool) {
	v, ok := t["max"]
	return v, ok && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// height is where a point is drawn: at its upper end, if it has one.
func height(i record.Interval) float64 {
	if i.High == nil {
		return i.Low
	}
	return *i.High
}

func bar(p Point, top float64) rune {
	if p.Measured == nil {
		return ' '
	}
	n := int(height(*p.Measured) / top * float64(len(blocks)))
	return blocks[min(max(n, 0), len(blocks)-1)]
}

// mark is the most important thing to say about a point, in one letter.
func mark(p Point) string {
	switch {
	case p.Simulated:
		return "s"
	case !p.Sound:
		return "?"
	case p.Measured.High == nil:
		return "^"
	case p.Verdict == record.Failed:
		return "!"
	case len(p.Changed) > 0:
		return "c"
	}
	return " "
}

// scaleWord says what the scale of a sparkline is.
func (l Line) scaleWord() string {
	top := l.top(l.Points)
	if !(top > 0) {
		return ""
	}
	return "scale 0 to " + words.High(top) + " " + words.Plain(l.Unit)
}
