package console

import (
	"strconv"
	"strings"

	"maildrill/reports/words"
)

// A trend is drawn into a box of this size.
const (
	sparkWidth  = 240
	sparkHeight = 48
	sparkMargin = 5
)

// spark is a trend as a line. Runs without a value leave a gap.
type spark struct {
	Trend
	Lines  []string // points of each unbroken stretch
	Dots   []dot
	Target string // height of the target; empty: there is none
}

type dot struct {
	X, Y string
	Tone string
}

func drawn(all []Trend) (sparks []spark) {
	for _, t := range all {
		sparks = append(sparks, newSpark(t))
	}
	return sparks
}

func newSpark(t Trend) spark {
	s := spark{Trend: t}
	top := highest(t)
	y := func(v float64) string { return length(sparkHeight - sparkMargin - v/top*(sparkHeight-2*sparkMargin)) }
	if t.Target != nil {
		s.Target = y(*t.Target)
	}
	var line []string
	flush := func() {
		if len(line) > 1 {
			s.Lines = append(s.Lines, strings.Join(line, " "))
		}
		line = nil
	}
	for i, p := range t.Points {
		if p.Value == nil {
			flush()
			continue
		}
		x := length(sparkMargin + float64(i)/float64(max(1, len(t.Points)-1))*(sparkWidth-2*sparkMargin))
		line = append(line, x+","+y(*p.Value))
		s.Dots = append(s.Dots, dot{x, y(*p.Value), tone(p.Verdict)})
	}
	flush()
	return s
}

// highest is what the box has room for. It is never zero.
func highest(t Trend) float64 {
	top := 1e-9
	if t.Target != nil {
		top = max(top, *t.Target)
	}
	for _, p := range t.Points {
		if p.Value != nil {
			top = max(top, *p.Value)
		}
	}
	return top
}

func length(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// Now is the newest value, Aim the target.
func (s spark) Now() string {
	if len(s.Points) == 0 {
		return "no data"
	}
	return s.Points[len(s.Points)-1].Said(s.Unit)
}

func (s spark) Aim() string {
	if s.Trend.Target == nil {
		return ""
	}
	return amount(*s.Trend.Target, s.Unit)
}

// Said is the value with its unit.
func (p Point) Said(unit string) string {
	if p.Value == nil {
		return "no data"
	}
	return amount(*p.Value, unit)
}

func amount(v float64, unit string) string { return words.Exact(v) + " " + words.Plain(unit) }
