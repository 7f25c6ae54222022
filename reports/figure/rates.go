package figure

import (
	"maildrill/reports/chronicle"
)

// rates show how much mail was answered and delivered.
type rates struct {
	plotted
	lines []rateLine
	most  float64
}

type rateLine struct {
	word  string
	style Style
	of    func(chronicle.Rate) int
	rare  bool // not drawn where there is none
}

var rateLines = []rateLine{
	{"offered", Style{Stroke: Muted, Width: 0.9, Dash: Dotted}, func(r chronicle.Rate) int { return r.Offered }, false},
	{"accepted", Style{Stroke: Accent, Width: 1.3}, func(r chronicle.Rate) int { return r.Accepted }, false},
	{"delivered", Style{Stroke: Good, Width: 1.3, Dash: Dashed}, func(r chronicle.Rate) int { return r.Delivered }, false},
	{"refused", Style{Stroke: Bad, Width: 1.6}, func(r chronicle.Rate) int { return r.Refused }, true},
	{"in doubt", Style{Stroke: Open, Width: 1.6, Dash: Dotted}, func(r chronicle.Rate) int { return r.Indeterminate + r.NotAttempted }, true},
}

func newRates(s *stage) *rates {
	r := &rates{plotted: plotted{stage: s, title: "Copies a second", depth: 56}}
	for _, line := range rateLines {
		most := 0.0
		for _, bin := range s.chronicle.Rates {
			if v := perSecond(bin, line.of); s.shown(bin.From, bin.To) {
				most = max(most, v)
			}
		}
		if most > 0 {
			r.lines = append(r.lines, line)
			r.keys = append(r.keys, lineKey(line.word, line.style))
			r.most = max(r.most, most)
		}
	}
	return r
}

// perSecond is a rate of copies; 0 for a bin without a length.
func perSecond(b chronicle.Rate, of func(chronicle.Rate) int) float64 {
	if long := b.To - b.From; long > 0 && finite(long) {
		return float64(max(0, of(b))) / long
	}
	return 0
}

func (r *rates) height() float64 {
	if len(r.lines) == 0 {
		return 0
	}
	return r.plotted.height()
}

func (r *rates) draw(p *pen) {
	r.head(p)
	a := r.area()
	y := scale{from: 0, to: roundUp(r.most), low: a.Y + a.H, end: a.Y}
	r.levels(p, y, y.ticks(3, nil), decimal)
	r.framed(p, "", func() {
		for _, line := range r.lines {
			p.group(Group{Label: line.word}, func() { r.steps(p, line, y) })
		}
	})
}

func (r *rates) steps(p *pen, line rateLine, y scale) {
	var run []Point
	for _, bin := range r.chronicle.Rates {
		if !r.shown(bin.From, bin.To) || !(bin.To > bin.From) {
			continue
		}
		if n := len(run); n > 0 && run[n-1].X < r.time.at(bin.From)-0.1 { // nothing is known of what is between
			stroke(p, lean(run), line.style)
			run = nil
		}
		rate := perSecond(bin, line.of)
		if line.rare && rate == 0 {
			stroke(p, lean(grounded(run, y)), line.style)
			run = nil
			continue
		}
		if line.rare && len(run) == 0 {
			run = append(run, Point{r.time.at(bin.From), y.low})
		}
		v := y.at(rate)
		run = append(run, Point{r.time.at(bin.From), v}, Point{r.time.at(bin.To), v})
	}
	if line.rare {
		run = grounded(run, y)
	}
	stroke(p, lean(run), line.style)
}

// grounded ends a line at 0.
func grounded(run []Point, y scale) []Point {
	if len(run) == 0 {
		return nil
	}
	return append(run, Point{run[len(run)-1].X, y.low})
}
