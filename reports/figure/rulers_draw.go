package figure

import (
	"fmt"

	"maildrill/reports/words"
)

func (r *rulers) draw(p *pen) {
	r.gutter(p, r.top+10, "objectives", Lettering{Ink: Muted, Size: smallSize})
	r.scrolled(p, "", r.top, r.height(), func() {
		for _, d := range r.rtos {
			if d.row >= 0 {
				r.flag(p, d)
			}
		}
		for _, point := range r.rpos {
			r.bracket(p, point)
		}
	})
}

// said is a deadline in words.
func (d rto) said() string {
	return fmt.Sprintf("%s: to be back %s s after %s, at %s", words.List(d.services), words.Exact(d.target), words.Plain(d.step), words.Moment(&d.at))
}

// flag is the label of a deadline, with the beginning of its line.
func (r *rulers) flag(p *pen, d rto) {
	p.group(Group{Label: d.said()}, func() {
		x, from := r.time.at(d.at.Low), r.top+float64(d.row)*rulerPitch+2
		p.line(x, from, x, r.top+r.height(), Style{Stroke: Text, Width: 0.75})
		p.label(Point{x + 3, from + 8}, d.word(), Lettering{Size: smallSize})
	})
}

// deadlineMarks draw the lines of the flags on, down to the lanes of their
// services, and a mark on each. No word is written over them.
func (r *rulers) deadlineMarks(p *pen) {
	top := r.lanes.top
	r.scrolled(p, "", top, r.lanes.height(), func() {
		for _, d := range r.rtos {
			p.group(Group{Label: d.said()}, func() { r.deadline(p, d, top) })
		}
	})
}

func (r *rulers) deadline(p *pen, d rto, top float64) {
	const over = laneBar/2 + 2
	x, to := r.time.at(d.at.Low), top
	for _, service := range d.services {
		if lane, ok := r.lanes.lane(service); ok {
			p.box(r.span(d.at.Low, *d.at.High, lane-over, 2*over), Style{Fill: Text, Opacity: 0.15})
			p.line(x, lane-over, x, lane+over, Style{Stroke: Text, Width: 2})
			p.reserve(Box{x - 2, lane - over, 4, 2 * over})
			to = max(to, lane)
		}
	}
	if d.row >= 0 && to > top {
		p.line(x, top, x, to, Style{Stroke: Text, Width: 0.75})
		p.reserve(Box{x - 1, top, 2, to - top})
	}
}

// bracket draws the stretch that may be lost, what was lost in it and before it,
// and how far back the loss reaches.
func (r *rulers) bracket(p *pen, o rpo) {
	said := fmt.Sprintf("mail accepted up to %s s before %s may be lost; %d copies accepted before it are", words.Exact(o.target), words.Plain(o.step), len(o.lost))
	p.group(Group{Label: said}, func() {
		from, to, y := r.time.at(o.from), r.time.at(o.to), r.top+7
		s := Style{Stroke: Text, Width: 1}
		p.line(from, y, to, y, s)
		p.line(from, y-4, from, y+4, s)
		p.line(to, y-4, to, y+4, s)
		var lost []Point
		for _, at := range o.lost {
			if r.shown(at, at) {
				lost = append(lost, Point{r.time.at(at), y})
			}
		}
		p.Marks(Cross, lost, 5, Style{Stroke: Bad, Width: 1.2})
		at := r.reach(o)
		switch small := (Lettering{Size: smallSize}); o.side {
		case leftSide:
			small.Anchor = End
			p.label(Point{at.X - bandInset + 1, y + 3}, o.word(), small)
		case rightSide:
			p.label(Point{to + bandInset, y + 3}, o.word(), small)
		}
	})
}
