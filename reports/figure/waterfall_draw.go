package figure

import (
	"fmt"
	"math"
	"slices"
)

// reach is how much time is shown: all that was measured, and targets that are
// not far beyond it.
func (w *waterfall) reach() float64 {
	const far = 3
	most := 0.0
	for _, f := range w.rows {
		if f.took != nil {
			most = math.Max(most, math.Max(number(f.took.Low)*1.1, number(upper(f.took, f.took.Low))))
		}
	}
	end := most
	for _, f := range w.rows {
		if f.target != nil && (most == 0 || *f.target <= far*most) {
			end = math.Max(end, *f.target*1.05)
		}
	}
	return roundUp(end)
}

func (w *waterfall) draw(p *pen) {
	if len(w.rows) == 0 {
		p.label(Point{8, 19}, "no fault was begun", Lettering{Ink: Muted, Size: bodySize})
		return
	}
	bottom := waterfallTop + float64(len(w.rows))*waterfallPitch
	if w.timed() {
		w.axis(p, bottom)
	}
	for n, f := range w.rows {
		top := waterfallTop + float64(n)*waterfallPitch
		p.group(Group{Label: f.name + ": " + f.value}, func() {
			if f.head {
				w.head(p, f, top)
			} else {
				w.row(p, f, top)
			}
		})
	}
}

func (w *waterfall) axis(p *pen, bottom float64) {
	const most = 6
	steps := timeSteps(w.x.to)
	for _, t := range w.x.ticks(most, steps) {
		x := w.x.at(t)
		p.line(x, waterfallTop, x, bottom+4, Style{Stroke: Grid, Width: 0.5})
		p.label(Point{x, bottom + 14}, clockWord(t, stepOf(w.x.to, most, steps)), Lettering{Ink: Muted, Size: smallSize, Anchor: Middle})
	}
	p.line(w.x.low, bottom+2, w.x.end, bottom+2, Style{Stroke: Muted, Width: 0.75})
	p.label(Point{(w.x.low + w.x.end) / 2, bottom + 28}, "since the fault took effect", Lettering{Ink: Muted, Size: smallSize, Anchor: Middle})
	if w.targets() {
		at := Point{8, bottom + 28}
		key{"objective", func(p *pen, at Point) {
			p.line(at.X, at.Y-6, at.X, at.Y+6, Style{Stroke: Text, Width: 2})
		}}.drawAt(p, at)
	}
}

// timed tells whether any row has a time.
func (w *waterfall) timed() bool {
	return slices.ContainsFunc(w.rows, func(f fall) bool { return f.took != nil })
}

func (w *waterfall) targets() bool {
	return slices.ContainsFunc(w.rows, func(f fall) bool { return f.target != nil })
}

// head is the row of a fault itself.
func (w *waterfall) head(p *pen, f fall, top float64) {
	p.box(Box{4, top + 1, Narrow - 8, waterfallPitch - 2}, Style{Fill: f.style.Fill, Opacity: 0.12})
	value := Lettering{Ink: Muted, Size: smallSize, Anchor: End}
	p.label(Point{Narrow - 8, top + 12}, f.value, value)
	p.fitted(Point{8, top + 12}, f.name, Narrow-24-textRoom(f.value, value), Lettering{Size: bodySize, Bold: true})
}

// row is a bar from where the fault took effect to the least that it took, with
// what is not known hatched.
func (w *waterfall) row(p *pen, f fall, top float64) {
	const height = 8
	middle := top + waterfallPitch/2
	p.fitted(Point{w.x.low - 6, middle + 3}, f.name, w.x.low-10, Lettering{Size: smallSize, Anchor: End})
	p.fitted(Point{w.x.end + 14, middle + 3}, f.value, waterfallValues-18, Lettering{Size: smallSize})
	if f.took == nil {
		return
	}
	from, low := w.x.at(f.begin), w.x.at(f.took.Low)
	if low > from {
		p.box(Box{from, middle - height/2, low - from, height}, f.style)
	}
	whisker(p, low, w.x.at(upper(f.took, math.Inf(1))), f.took.High == nil, middle, height-2, f.style.Stroke)
	if f.target != nil && w.x.holds(*f.target) {
		x := w.x.at(*f.target)
		p.line(x, top+1, x, top+waterfallPitch-1, Style{Stroke: Text, Width: 2})
	}
}

func (w *waterfall) alt() string {
	said := "Times from when each fault took effect."
	for _, f := range w.rows {
		said += fmt.Sprintf(" %s: %s.", f.name, f.value)
	}
	return said
}
