package compare

import (
	"fmt"
	"math"

	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// Sizes of the figure, in points.
const (
	figureWidth = 840
	gutter      = 130 // left of the plot
	margin      = 10
	lanePitch   = 34 // two tracks
	trackPitch  = 14
	trackHeight = 11
	axisRoom    = 22
)

// figure draws both runs on one axis: of each lane the run before above, the run
// of now below.
func (c Comparison) figure() figure.Figure {
	t := c.Timeline
	height := float64(axisRoom + lanePitch*max(1, len(t.Lanes)))
	return figure.Figure{ID: figureID, Title: "Both runs", Width: figureWidth, Height: height,
		Alt:  fmt.Sprintf("Faults and outages of both runs in %d lanes, in %s.", len(t.Lanes), t.originWord()),
		Axis: &figure.Axis{Left: gutter, Right: figureWidth - margin, From: t.From, To: t.To},
		Draw: func(on figure.Canvas) { (&drawing{on, t, height}).draw() }}
}

type drawing struct {
	figure.Canvas
	t      Timeline
	height float64
}

func (d *drawing) x(at float64) float64 {
	share := (at - d.t.From) / (d.t.To - d.t.From)
	if !(share > 0) { // also: not a number
		share = 0
	}
	return gutter + math.Min(share, 1)*(figureWidth-margin-gutter)
}

func (d *drawing) draw() {
	foot := d.height - axisRoom
	for n, l := range d.t.Lanes {
		top := float64(n * lanePitch)
		d.Text(figure.Point{X: 4, Y: top + 16}, words.Cut(words.Plain(l.Name), 14), figure.Lettering{})
		d.Text(figure.Point{X: gutter - 6, Y: top + 9}, "before", figure.Lettering{Ink: figure.Muted, Size: 8, Anchor: figure.End})
		d.Text(figure.Point{X: gutter - 6, Y: top + 9 + trackPitch}, "now", figure.Lettering{Ink: figure.Muted, Size: 8, Anchor: figure.End})
		d.track(l, l.Before, "before", top)
		d.track(l, l.Now, "now", top+trackPitch)
	}
	zero := d.x(0)
	d.Path([]figure.Point{{X: zero, Y: 0}, {X: zero, Y: foot}}, false, figure.Style{Stroke: figure.Text, Width: 0.75, Dash: figure.Dotted})
	d.Path([]figure.Point{{X: gutter, Y: foot}, {X: figureWidth - margin, Y: foot}}, false, figure.Style{Stroke: figure.Muted, Width: 0.5})
	for _, mark := range []struct {
		at     float64
		anchor figure.Anchor
	}{{d.t.From, figure.Start}, {0, figure.Middle}, {d.t.To, figure.End}} {
		if mark.at == 0 && (zero < gutter+40 || zero > figureWidth-margin-40) {
			continue
		}
		d.Text(figure.Point{X: d.x(mark.at), Y: foot + 12}, words.Exact(math.Round(mark.at))+" s", figure.Lettering{Ink: figure.Muted, Anchor: mark.anchor})
	}
}

// track draws one run's part of a lane. What nobody looked at is hatched.
func (d *drawing) track(l Lane, t Track, run string, top float64) {
	blind := figure.Style{Fill: figure.Paper, Stroke: figure.Blind, Hatch: figure.Falling, Width: 0.5}
	d.box(d.t.From, d.t.To, top, blind, words.Plain(l.Name)+", "+run+": not looked at")
	if t.Seen && t.From < t.To {
		quiet, word := figure.Style{Fill: figure.Good, Opacity: 0.3}, "up"
		if l.Fault {
			quiet, word = figure.Style{Fill: figure.Grid, Opacity: 0.5}, "off"
		}
		d.box(t.From, t.To, top, figure.Style{Fill: figure.Paper}, "")
		d.box(t.From, t.To, top, quiet, words.Plain(l.Name)+", "+run+": "+word)
	}
	for _, s := range t.Stretches {
		d.box(s.From, s.To, top, styles[s.Is], fmt.Sprintf("%s, %s: %s from %s to %s s", words.Plain(l.Name), run, s.Is, words.Low(s.From), words.High(s.To)))
	}
}

var styles = map[Is]figure.Style{
	On:       {Fill: figure.Fault1, Opacity: 0.2, Stroke: figure.Fault1, Width: 0.75},
	InEffect: {Fill: figure.Fault1, Opacity: 0.55, Stroke: figure.Fault1, Hatch: figure.Rising, Width: 0.5},
	Gone:     {Fill: figure.Bad},
	Unsteady: {Fill: figure.Open, Opacity: 0.3, Stroke: figure.Open, Hatch: figure.Rising, Width: 0.5},
}

func (d *drawing) box(from, to, top float64, s figure.Style, said string) {
	left, right := d.x(from), d.x(to)
	d.Group(figure.Group{Label: said, Scroll: true}, func() {
		d.Path(figure.Box{X: left, Y: top, W: math.Max(right-left, 0.5), H: trackHeight}.Corners(), true, s)
	})
}
