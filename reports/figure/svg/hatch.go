package svg

import (
	"fmt"

	"maildrill/reports/figure"
)

// hatch is a pattern: a tile of so many points a side, and what is on it.
type hatch struct {
	side  float64
	d     string
	width float64
	round bool
}

var hatches = map[figure.Hatch]hatch{
	figure.Rising:  {4.5, "M-1 1L1-1M0 4.5L4.5 0M3.5 5.5L5.5 3.5", 0.8, false},
	figure.Falling: {4.5, "M-1 3.5L1 5.5M0 0L4.5 4.5M3.5-1L5.5 1", 0.8, false},
	figure.Crossed: {4.5, "M0 4.5L4.5 0M0 0L4.5 4.5", 0.7, false},
	figure.Specks:  {4, "M1 1h0M3 3h0", 1.2, true},
	figure.Level:   {2.5, "M0 1.25H2.5", 0.8, false},
}

// pattern is the id of a hatch over a fill.
func (c *canvas) pattern(s figure.Style) string {
	key := figure.Style{Fill: s.Fill, Stroke: s.Stroke, Hatch: s.Hatch, Opacity: s.Opacity}
	if id, ok := c.fills[key]; ok {
		return id
	}
	if c.fills == nil {
		c.fills = map[figure.Style]string{}
	}
	id := fmt.Sprintf("%s-h%d", c.id, len(c.fills)+1)
	c.fills[key] = id
	h, ok := hatches[s.Hatch]
	if !ok {
		h = hatches[figure.Crossed]
	}
	side := exact(h.side)
	fmt.Fprintf(&c.defs, `<pattern id="%s" width="%s" height="%s" patternUnits="userSpaceOnUse">`, id, side, side)
	if s.Fill != figure.None {
		fmt.Fprintf(&c.defs, `<path d="M0 0H%sV%sH0z" fill="%s"`, side, side, colour(s.Fill))
		if s.Opacity > 0 && s.Opacity < 1 {
			fmt.Fprintf(&c.defs, ` fill-opacity="%s"`, exact(s.Opacity))
		}
		c.defs.WriteString("/>")
	}
	fmt.Fprintf(&c.defs, `<path d="%s" stroke="%s" stroke-width="%s"`, h.d, colour(s.Stroke), exact(h.width))
	if h.round {
		c.defs.WriteString(` stroke-linecap="round"`)
	}
	c.defs.WriteString("/></pattern>")
	return id
}
