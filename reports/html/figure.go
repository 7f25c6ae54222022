package html

import (
	"html/template"
	"strings"

	"maildrill/reports/figure"
	"maildrill/reports/figure/svg"
)

// draw makes a figure part of the page. The canvas escapes what it is given.
func draw(f figure.Figure) (template.HTML, error) {
	f.ID, f.Title, f.Alt = anchor(f.ID), name(f.Title), text(f.Alt)
	if inner := f.Draw; inner != nil {
		f.Draw = func(c figure.Canvas) { inner(brief{c}) }
	}
	var b strings.Builder
	if err := svg.Write(&b, f); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// brief is a canvas on which no text is longer than elsewhere on the page.
type brief struct{ figure.Canvas }

func (b brief) Text(at figure.Point, s string, l figure.Lettering) { b.Canvas.Text(at, name(s), l) }

func (b brief) Group(g figure.Group, inside func()) {
	g.Label, g.Link = text(g.Label), anchor(g.Link)
	b.Canvas.Group(g, inside)
}

// inks are the colours of the figures: bright, dark as the page is, and grey
// where there is no colour.
var inks = ":root{" + svg.Light.CSS() + "}" +
	"@media screen and (prefers-color-scheme:dark){:root:not(.light){" + svg.Dark.CSS() + "}}" +
	"@media screen{:root.dark{" + svg.Dark.CSS() + "}}" +
	"@media (monochrome){:root{" + svg.Grey.CSS() + "}}\n"
