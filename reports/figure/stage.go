package figure

import (
	"math"
	"strings"
	"unicode"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/words"
)

// Wide is the width of a figure that takes a whole page on its side.
const Wide = 880

// stage is what the panels of a figure over time have in common.
type stage struct {
	record    record.Record
	chronicle chronicle.Chronicle
	time      scale
	width     float64
	bands     []band
}

// Margins of a stage, in points.
const (
	marginRight  = 16
	gutterLeast  = 74
	gutterMost   = 132
	gutterBeside = 8 // between the words and the plot
)

func newStage(r record.Record, c chronicle.Chronicle, width float64) *stage {
	gutter := float64(gutterLeast)
	for _, l := range c.Lanes {
		gutter = max(gutter, textRoom(l.Service, laneLetters(l.Service))+gutterBeside)
	}
	return stageOn(r, c, width, scale{to: lengthOf(r, c), low: min(gutter, gutterMost), end: width - marginRight})
}

func stageOn(r record.Record, c chronicle.Chronicle, width float64, time scale) *stage {
	return &stage{record: r, chronicle: c, width: width, time: time, bands: bandsOf(r, c, lengthOf(r, c))}
}

// lengthOf is how much time a figure shows: as long as anything is known.
func lengthOf(r record.Record, c chronicle.Chronicle) float64 {
	end := 0.0
	later := func(v float64) {
		if finite(v) {
			end = math.Max(end, v)
		}
	}
	later(c.End)
	for _, p := range r.Phases {
		later(p.Ended)
	}
	if end > 0 {
		return end
	}
	for _, f := range r.Faults {
		for _, i := range []*record.Interval{f.Injected, f.Effective, f.Healed} {
			if i != nil {
				later(upper(i, i.Low))
			}
		}
	}
	if end > 0 {
		return end
	}
	return 1
}

func upper(i *record.Interval, open float64) float64 {
	if i.High == nil {
		return open
	}
	return *i.High
}

// plot is the part of the figure in which time is across, between two heights.
func (s *stage) plot(top, height float64) Box {
	return Box{s.time.low, top, s.time.end - s.time.low, height}
}

// span is the box of a stretch of time. One that is too short to be seen is as
// wide as a hair.
func (s *stage) span(from, to, top, height float64) Box {
	const hair = 0.75
	x, end := s.time.at(from), s.time.at(to)
	if end-x < hair {
		x = max(s.time.low, min(x, s.time.end-hair))
		end = x + hair
	}
	return Box{x, top, end - x, height}
}

// shown tells whether any of a stretch of time is on the axis.
func (s *stage) shown(from, to float64) bool {
	return finite(from) && !math.IsNaN(to) && from <= to && from <= s.time.to && to >= s.time.from
}

// scrolled draws what lies on the axis of time.
func (s *stage) scrolled(p *pen, label string, top, height float64, draw func()) {
	clip := s.plot(top, height)
	p.group(Group{Label: label, Clip: &clip, Scroll: true}, draw)
}

func (s *stage) axis() *Axis {
	return &Axis{Left: s.time.low, Right: s.time.end, From: s.time.from, To: s.time.to}
}

// gutter writes a word left of the plot.
func (s *stage) gutter(p *pen, y float64, text string, l Lettering) {
	l.Anchor = End
	p.fitted(Point{s.time.low - gutterBeside, y}, text, s.time.low-gutterBeside, l)
}

// anchorOf makes a name of letters, digits and hyphens.
func anchorOf(name string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, words.Plain(name))
}
