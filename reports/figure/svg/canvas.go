package svg

import (
	"bytes"
	"fmt"

	"maildrill/reports/figure"
)

// canvas collects what is drawn, and what that refers to.
type canvas struct {
	id    string // of the figure
	body  bytes.Buffer
	defs  bytes.Buffer
	clips map[figure.Box]string
	fills map[figure.Style]string // patterns
	links int
}

func (c *canvas) Path(points []figure.Point, closed bool, s figure.Style) {
	d := path(points, closed)
	if len(d) == 0 || s.Fill == figure.None && s.Stroke == figure.None {
		return
	}
	fmt.Fprintf(&c.body, `<path d="%s"`, d)
	if closed {
		c.fill(s)
	}
	c.stroke(s)
	c.body.WriteString("/>")
}

// fill writes how a closed path is filled.
func (c *canvas) fill(s figure.Style) {
	switch {
	case s.Hatch != figure.Plain && s.Stroke != figure.None:
		fmt.Fprintf(&c.body, ` fill="url(#%s)"`, c.pattern(s))
	case s.Fill != figure.None:
		fmt.Fprintf(&c.body, ` fill="%s"`, colour(s.Fill))
		if s.Opacity > 0 && s.Opacity < 1 {
			fmt.Fprintf(&c.body, ` fill-opacity="%s"`, exact(s.Opacity))
		}
	}
}

// dashes are the lengths of strokes and gaps, in points.
var dashes = map[figure.Dash]string{figure.Dashed: "4 2.5", figure.Dotted: "1.4 2"}

func (c *canvas) stroke(s figure.Style) {
	if s.Stroke == figure.None {
		return
	}
	fmt.Fprintf(&c.body, ` stroke="%s"`, colour(s.Stroke))
	if s.Width > 0 && s.Width != 1 {
		fmt.Fprintf(&c.body, ` stroke-width="%s"`, exact(s.Width))
	}
	if d := dashes[s.Dash]; d != "" {
		fmt.Fprintf(&c.body, ` stroke-dasharray="%s"`, d)
	}
}

var anchors = map[figure.Anchor]string{figure.Middle: ` text-anchor="middle"`, figure.End: ` text-anchor="end"`}

func (c *canvas) Text(at figure.Point, text string, l figure.Lettering) {
	if text = safe(text); text == "" || !sound(at) {
		return
	}
	ink := l.Ink
	if ink == figure.None {
		ink = figure.Text
	}
	fmt.Fprintf(&c.body, `<text x="%s" y="%s" fill="%s"`, num(at.X), num(at.Y), colour(ink))
	if l.Size > 0 && l.Size != 9 {
		fmt.Fprintf(&c.body, ` font-size="%s"`, exact(l.Size))
	}
	if l.Bold {
		c.body.WriteString(` font-weight="bold"`)
	}
	if l.Mono {
		c.body.WriteString(` font-family="monospace"`)
	}
	c.body.WriteString(anchors[l.Anchor])
	if l.Upward {
		fmt.Fprintf(&c.body, ` transform="rotate(-90 %s %s)"`, num(at.X), num(at.Y))
	}
	fmt.Fprintf(&c.body, ">%s</text>", text)
}

func (c *canvas) Group(g figure.Group, draw func()) {
	start := c.body.Len()
	c.body.WriteString("<g")
	if g.Scroll {
		c.body.WriteString(` class="scroll"`)
	}
	if g.Clip != nil {
		fmt.Fprintf(&c.body, ` clip-path="url(#%s)"`, c.clip(*g.Clip))
	}
	c.body.WriteByte('>')
	if g.Label != "" {
		fmt.Fprintf(&c.body, "<title>%s</title>", safe(g.Label))
	}
	if g.Link != "" {
		c.links++
		fmt.Fprintf(&c.body, `<a href="#%s">`, identifier(g.Link))
	}
	empty := c.body.Len()
	draw()
	if c.body.Len() == empty {
		c.body.Truncate(start)
		return
	}
	if g.Link != "" {
		c.body.WriteString("</a>")
	}
	c.body.WriteString("</g>")
}

// clip is the id of a bound.
func (c *canvas) clip(b figure.Box) string {
	if id, ok := c.clips[b]; ok {
		return id
	}
	if c.clips == nil {
		c.clips = map[figure.Box]string{}
	}
	id := fmt.Sprintf("%s-c%d", c.id, len(c.clips)+1)
	c.clips[b] = id
	fmt.Fprintf(&c.defs, `<clipPath id="%s"><path d="%s"/></clipPath>`, id, path(b.Corners(), true))
	return id
}
