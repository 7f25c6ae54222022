package figure

import (
	"fmt"

	"maildrill/reports/words"
)

// ribbon shows the phases of a run.
type ribbon struct {
	*stage
	placed
}

const ribbonHeight = 16

func (r *ribbon) height() float64 {
	if len(r.record.Phases) == 0 {
		return 0
	}
	return ribbonHeight + 6
}

func (r *ribbon) draw(p *pen) {
	r.gutter(p, r.top+11.5, "phase", Lettering{Ink: Muted, Size: smallSize})
	r.scrolled(p, "", r.top, ribbonHeight, func() {
		for n, phase := range r.record.Phases {
			if !r.shown(phase.Began, phase.Ended) {
				continue
			}
			name := words.Plain(phase.Name)
			b := r.span(phase.Began, phase.Ended, r.top, ribbonHeight)
			said := fmt.Sprintf("phase %s, %s to %s s", name, words.Low(phase.Began), words.High(phase.Ended))
			p.group(Group{Label: said}, func() {
				tint := 0.45
				if n%2 == 1 {
					tint = 0.9
				}
				p.box(b, Style{Fill: Grid, Opacity: tint})
				l := Lettering{Ink: Text, Size: smallSize, Anchor: Middle}
				p.first(Point{b.X + b.W/2, r.top + 11.5}, b.W-4, l, name)
			})
		}
	})
}

// timeAxis is the scale of time below the plots.
type timeAxis struct {
	*stage
	placed
}

const timeTicks = 12

func (a *timeAxis) height() float64 { return 26 }

func (a *timeAxis) draw(p *pen) {
	const apart = 16 // from the word at the first tick
	p.label(Point{a.time.low - apart, a.top + 15}, "since start", Lettering{Ink: Muted, Size: smallSize, Anchor: End})
	p.line(a.time.low, a.top, a.time.end, a.top, Style{Stroke: Muted, Width: 0.75})
	steps := timeSteps(a.time.to)
	step := stepOf(a.time.to-a.time.from, timeTicks, steps)
	ticks := Box{a.time.low - gutterBeside, a.top, a.time.end - a.time.low + gutterBeside + marginRight, 20}
	p.group(Group{Clip: &ticks, Scroll: true}, func() {
		for _, t := range a.time.ticks(timeTicks, steps) {
			x := a.time.at(t)
			p.line(x, a.top, x, a.top+4, Style{Stroke: Muted, Width: 0.75})
			p.label(Point{x, a.top + 15}, clockWord(t, step), Lettering{Ink: Muted, Size: smallSize, Anchor: Middle})
		}
	})
	a.stalls(p)
}

// stalls marks the time in which the instrument stood still.
func (a *timeAxis) stalls(p *pen) {
	a.scrolled(p, "", a.top-4, 8, func() {
		for _, s := range a.chronicle.Stalls {
			if a.shown(s.From, s.To) {
				said := fmt.Sprintf("the instrument stood still, %s to %s s", words.Low(s.From), words.High(s.To))
				p.group(Group{Label: said}, func() {
					p.box(a.span(s.From, s.To, a.top-3, 6), Style{Fill: Paper, Stroke: Blind, Hatch: Falling, Width: 0.75})
				})
			}
		}
	})
}
