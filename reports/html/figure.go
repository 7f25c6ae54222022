package html

import (
	"fmt"
	"html/template"
	"strings"

	"maildrill/reports/figure"
)

// draw makes a figure part of the page.
func draw(f figure.Figure) template.HTML {
	c := &canvas{id: anchor(f.ID)}
	axis := ""
	if a := f.Axis; a != nil {
		axis = fmt.Sprintf(` data-axis="%g %g %g %g"`, a.Left, a.Right, a.From, a.To)
	}
	fmt.Fprintf(&c.b, `<svg class="figure" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-label="%s"%s>`,
		f.Width, f.Height, f.Width*1.1, f.Height*1.1, template.HTMLEscapeString(text(f.Alt)), axis)
	if f.Draw != nil {
		f.Draw(c)
	}
	c.b.WriteString("</svg>")
	return template.HTML(c.b.String())
}

type canvas struct {
	b    strings.Builder
	id   string
	clip int
}

var inks = [...]string{"none", "text", "muted", "grid", "paper", "good", "bad", "open", "accent", "second", "blind", "fault1", "fault2", "fault3", "fault4", "fault5", "fault6"}

func class(s figure.Style) string {
	out := "f-" + inks[s.Fill] + " s-" + inks[s.Stroke]
	if s.Dash == figure.Dashed {
		out += " dashed"
	} else if s.Dash == figure.Dotted {
		out += " dotted"
	}
	return out
}

func (c *canvas) Path(points []figure.Point, closed bool, s figure.Style) {
	var d strings.Builder
	for i, p := range points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&d, "%s%.2f %.2f", op, p.X, p.Y)
	}
	if closed {
		d.WriteString("Z")
	}
	if !closed {
		s.Fill = figure.None
	}
	opacity := ""
	if s.Opacity != 0 {
		opacity = fmt.Sprintf(` fill-opacity="%g"`, s.Opacity)
	}
	width := s.Width
	if width == 0 {
		width = 1
	}
	fmt.Fprintf(&c.b, `<path class="%s" d="%s" stroke-width="%g"%s/>`, class(s), d.String(), width, opacity)
}

func (c *canvas) Marks(shape figure.Shape, at []figure.Point, size float64, s figure.Style) {
	for _, p := range at {
		fmt.Fprintf(&c.b, `<circle class="%s" cx="%.2f" cy="%.2f" r="%g"/>`, class(s), p.X, p.Y, size/2)
	}
}

func (c *canvas) Text(at figure.Point, s string, l figure.Lettering) {
	size := l.Size
	if size == 0 {
		size = 9
	}
	ink := l.Ink
	if ink == figure.None {
		ink = figure.Text
	}
	fmt.Fprintf(&c.b, `<text class="f-%s" x="%.2f" y="%.2f" font-size="%g" text-anchor="%s">%s</text>`, inks[ink], at.X, at.Y, size,
		[]string{"start", "middle", "end"}[l.Anchor], template.HTMLEscapeString(text(s)))
}

func (c *canvas) Group(g figure.Group, inside func()) {
	if g.Clip != nil {
		c.clip++
		fmt.Fprintf(&c.b, `<clipPath id="%s_c%d"><rect x="%g" y="%g" width="%g" height="%g"/></clipPath><g clip-path="url(#%s_c%d)">`,
			c.id, c.clip, g.Clip.X, g.Clip.Y, g.Clip.W, g.Clip.H, c.id, c.clip)
	}
	c.b.WriteString("<g")
	if g.Scroll {
		c.b.WriteString(` class="scroll"`)
	}
	c.b.WriteString(">")
	if g.Label != "" {
		fmt.Fprintf(&c.b, "<title>%s</title>", template.HTMLEscapeString(text(g.Label)))
	}
	inside()
	c.b.WriteString("</g>")
	if g.Clip != nil {
		c.b.WriteString("</g>")
	}
}
