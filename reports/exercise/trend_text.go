package exercise

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/words"
)

// Widths that a text is laid out for, in columns.
const (
	narrowest = 40
	widest    = 160
)

// blocks are the heights of a sparkline.
var blocks = []rune("▁▂▃▄▅▆▇█")

// TrendText puts exercises below each other for a terminal, the newest last.
func TrendText(w io.Writer, recs []exercise.Record, width int) error {
	width = min(max(width, narrowest), widest)
	points, asOf := pointsOf(recs)
	var b strings.Builder
	flow := func(indent, text string) {
		for _, l := range words.Wrap(text, width-len(indent), len(text)+1) {
			b.WriteString(strings.TrimRight(indent+l, " ") + "\n")
		}
	}
	if len(points) == 0 {
		flow("", "No exercise was looked at.")
	} else {
		flow("", fmt.Sprintf("%s looked at, the newest last; ages as of %s", counted(len(points), "exercise"), asOf.Format(time.DateOnly)))
	}
	for _, p := range points {
		b.WriteByte('\n')
		flow("", fmt.Sprintf("%s  %s  %s", p.at.Format(time.DateOnly), strings.ToUpper(cmp.Or(words.Plain(string(p.Verdict)), "not judged")), name(p)))
		flow("  ", p.said())
		if len(p.notes) > 0 {
			flow("  ! ", words.List(p.notes))
		}
	}
	if len(points) > 1 {
		b.WriteByte('\n')
		for _, c := range curves {
			flow("", fmt.Sprintf("%-27s %s  %s", c.title, spark(points, c.value), scaleOf(points, c.value, c.unit)))
		}
		flow("", "A block is one exercise, from 0 up; a dot: no data.")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// said is one exercise in numbers.
func (p point) said() string {
	said := []string{"missed " + share(p.missed, p.checks).Text, "recovery " + p.recovered().Text, "roll-call " + share(p.answered, p.asked).Text,
		"manual steps " + percent(p.manual, p.steps).Text, "refuted " + share(p.refuted, len(p.Hypotheses)).Text, "open actions " + share(p.open, len(p.Actions)).Text}
	if p.open > 0 {
		said = append(said, fmt.Sprintf("their ages %s; %d past due", p.aged(), p.overdue))
	}
	return strings.Join(append(said, "retested "+share(p.retested, len(p.Actions)).Text), "; ")
}

// sparkMost is how many exercises a sparkline shows, the newest.
const sparkMost = 30

func spark(points []point, value func(point) (float64, bool)) string {
	points = points[max(0, len(points)-sparkMost):]
	most, line := top(points, value), ""
	for _, p := range points {
		v, ok := value(p)
		switch {
		case !ok || p.Simulated:
			line += "·"
		case most <= 0:
			line += string(blocks[0])
		default:
			line += string(blocks[min(int(v/most*float64(len(blocks))), len(blocks)-1)])
		}
	}
	return line
}

func top(points []point, value func(point) (float64, bool)) (most float64) {
	for _, p := range points {
		if v, ok := value(p); ok && !p.Simulated {
			most = max(most, v)
		}
	}
	return most
}

func scaleOf(points []point, value func(point) (float64, bool), unit string) string {
	return "0 to " + words.High(top(points[max(0, len(points)-sparkMost):], value)) + " " + unit
}
