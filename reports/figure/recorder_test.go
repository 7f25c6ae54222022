package figure_test

import (
	"fmt"
	"math"
	"strings"

	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// recorder is a canvas that writes down what is drawn, to be looked at.
type recorder struct {
	texts  []lettered
	paths  []drawnPath
	marks  []drawnMarks
	labels []string
	links  []string
	clips  []figure.Box
	scroll int
}

type lettered struct {
	text string
	box  figure.Box
	clip *figure.Box
}

type drawnPath struct {
	points []figure.Point
	style  figure.Style
	closed bool
	clip   *figure.Box
	label  string
}

type drawnMarks struct {
	shape figure.Shape
	at    []figure.Point
	size  float64
	style figure.Style
	clip  *figure.Box
}

func (r *recorder) clip() *figure.Box {
	if len(r.clips) == 0 {
		return nil
	}
	last := r.clips[len(r.clips)-1]
	return &last
}

func (r *recorder) Path(points []figure.Point, closed bool, s figure.Style) {
	label := ""
	if len(r.labels) > 0 {
		label = r.labels[len(r.labels)-1]
	}
	r.paths = append(r.paths, drawnPath{points, s, closed, r.clip(), label})
}

func (r *recorder) Marks(shape figure.Shape, at []figure.Point, size float64, s figure.Style) {
	r.marks = append(r.marks, drawnMarks{shape, at, size, s, r.clip()})
}

// Text takes the room that the text has in the Go fonts.
func (r *recorder) Text(at figure.Point, text string, l figure.Lettering) {
	text = words.Plain(text)
	size := l.Size
	if size == 0 {
		size = 9
	}
	w := figure.TextWidth(text, size, l.Bold)
	x := at.X - w*map[figure.Anchor]float64{figure.Middle: 0.5, figure.End: 1}[l.Anchor]
	r.texts = append(r.texts, lettered{text, figure.Box{X: x, Y: at.Y - 0.75*size, W: w, H: 0.95 * size}, r.clip()})
}

func (r *recorder) Group(g figure.Group, draw func()) {
	if g.Clip != nil {
		r.clips = append(r.clips, *g.Clip)
	}
	if g.Scroll {
		r.scroll++
	}
	if g.Link != "" {
		r.links = append(r.links, g.Link)
	}
	r.labels = append(r.labels, g.Label)
	draw()
	r.labels = append(r.labels, "")
	if g.Clip != nil {
		r.clips = r.clips[:len(r.clips)-1]
	}
}

func recorded(f figure.Figure) *recorder {
	r := &recorder{}
	f.Draw(r)
	return r
}

// faults lists what is wrong with how a figure is laid out.
func faultsOf(f figure.Figure, r *recorder) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, f.ID+": "+fmt.Sprintf(format, args...)) }
	whole := figure.Box{W: f.Width, H: f.Height}
	if !finite(f.Width) || !finite(f.Height) || f.Width <= 0 || f.Height <= 0 || f.Height > 6000 {
		say("is %v by %v", f.Width, f.Height)
	}
	for i, t := range r.texts {
		if !inside(t.box, whole) || t.clip != nil && !inside(t.box, *t.clip) {
			say("text %q at %+v is cut", t.text, t.box)
		}
		for _, o := range r.texts[:i] {
			if overlap(t.box, o.box) {
				say("texts %q and %q are over each other", t.text, o.text)
			}
		}
	}
	for _, p := range r.paths {
		for _, at := range p.points {
			if !reachable(at, whole, 3) {
				say("a path goes to %v", at)
			}
		}
	}
	for _, m := range r.marks {
		for _, at := range m.at {
			if !reachable(at, whole, 0) {
				say("a mark is at %v", at)
			}
		}
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// reachable: beyond the figure by no more than a stroke's width.
func reachable(p figure.Point, b figure.Box, over float64) bool {
	return finite(p.X) && finite(p.Y) && p.X >= b.X-over && p.X <= b.X+b.W+over && p.Y >= b.Y-over && p.Y <= b.Y+b.H+over
}

func inside(b, o figure.Box) bool {
	return b.X >= o.X-0.01 && b.Y >= o.Y-0.01 && b.X+b.W <= o.X+o.W+0.01 && b.Y+b.H <= o.Y+o.H+0.01
}

func overlap(a, b figure.Box) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func (r *recorder) says(text string) bool {
	for _, t := range r.texts {
		if strings.Contains(t.text, text) {
			return true
		}
	}
	return false
}

func (r *recorder) labelled(text string) bool {
	for _, l := range r.labels {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}
