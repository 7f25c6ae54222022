package svg

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"

	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// family are the fonts that a figure is lettered in: none much wider than what
// its texts were measured with.
const family = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Segoe UI, Roboto, Noto Sans, DejaVu Sans Condensed, sans-serif"

// Write writes a figure as one svg element.
func Write(w io.Writer, f figure.Figure) error {
	c := &canvas{id: "fig-" + identifier(f.ID)}
	if f.Draw != nil {
		f.Draw(c)
	}
	var out bytes.Buffer
	c.head(&out, f)
	if c.defs.Len() > 0 {
		fmt.Fprintf(&out, "<defs>%s</defs>", c.defs.Bytes())
	}
	out.Write(c.body.Bytes())
	out.WriteString("</svg>\n")
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write figure %s: %w", words.Plain(f.ID), err)
	}
	return nil
}

// head begins the element. A figure with links in it is a group for readers
// that do not see it: what is in an image they cannot reach.
func (c *canvas) head(out *bytes.Buffer, f figure.Figure) {
	role := "img"
	if c.links > 0 {
		role = "group"
	}
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" id="%s" class="figure" viewBox="0 0 %s %s" width="%s" height="%s" role="%s" aria-labelledby="%s-title %s-desc"`,
		c.id, num(f.Width), num(f.Height), num(f.Width), num(f.Height), role, c.id, c.id)
	if a := f.Axis; a != nil {
		fmt.Fprintf(out, ` data-left="%s" data-right="%s" data-from="%s" data-to="%s"`, num(a.Left), num(a.Right), exact(a.From), exact(a.To))
	}
	fmt.Fprintf(out, ` fill="none" font-family="%s" font-size="9">`, family)
	fmt.Fprintf(out, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, c.id, safe(f.Title), c.id, safe(f.Alt))
}

// safe makes a text harmless, and fit to stand in markup.
func safe(text string) string { return html.EscapeString(words.Plain(text)) }

// identifier keeps letters, digits and hyphens.
func identifier(id string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, id)
}
