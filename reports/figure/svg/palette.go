package svg

import (
	"fmt"
	"strings"

	"maildrill/reports/figure"
)

// Palette is a colour for each ink, as "#rrggbb".
type Palette map[figure.Ink]string

// names of the inks, in their order.
var names = map[figure.Ink]string{
	figure.Text: "text", figure.Muted: "muted", figure.Grid: "grid", figure.Paper: "paper",
	figure.Good: "good", figure.Bad: "bad", figure.Open: "open",
	figure.Accent: "accent", figure.Second: "second", figure.Blind: "blind",
	figure.Fault1: "fault1", figure.Fault2: "fault2", figure.Fault3: "fault3",
	figure.Fault4: "fault4", figure.Fault5: "fault5", figure.Fault6: "fault6",
}

// Light is for bright screens and for print in colour.
var Light = Palette{
	figure.Text: "#1c2430", figure.Muted: "#5b6675", figure.Grid: "#dfe4ea", figure.Paper: "#ffffff",
	figure.Good: "#1f8a5b", figure.Bad: "#c9302c", figure.Open: "#b26a00",
	figure.Accent: "#2766c8", figure.Second: "#0b8494", figure.Blind: "#7d8794",
	figure.Fault1: "#7d4fd1", figure.Fault2: "#a15c1f", figure.Fault3: "#c43b86",
	figure.Fault4: "#4d6a85", figure.Fault5: "#7a7f12", figure.Fault6: "#13857b",
}

// Dark is for dark screens.
var Dark = Palette{
	figure.Text: "#e6eaf0", figure.Muted: "#9aa6b5", figure.Grid: "#2b333e", figure.Paper: "#151a21",
	figure.Good: "#3fb27f", figure.Bad: "#f0615c", figure.Open: "#e0a03c",
	figure.Accent: "#6ea2f5", figure.Second: "#3fbccb", figure.Blind: "#7f8b9a",
	figure.Fault1: "#a985f0", figure.Fault2: "#d1905a", figure.Fault3: "#e77fb5",
	figure.Fault4: "#8aa9c6", figure.Fault5: "#b9be4e", figure.Fault6: "#45bfb3",
}

// Grey is for print without colour: what is bad is black.
var Grey = Palette{
	figure.Text: "#000000", figure.Muted: "#444444", figure.Grid: "#d8d8d8", figure.Paper: "#ffffff",
	figure.Good: "#8a8a8a", figure.Bad: "#000000", figure.Open: "#555555",
	figure.Accent: "#333333", figure.Second: "#777777", figure.Blind: "#808080",
	figure.Fault1: "#555555", figure.Fault2: "#777777", figure.Fault3: "#333333",
	figure.Fault4: "#666666", figure.Fault5: "#888888", figure.Fault6: "#444444",
}

// CSS are the declarations of a palette, for a rule of the page.
func (p Palette) CSS() string {
	var b strings.Builder
	for ink := figure.Text; ink <= figure.Fault6; ink++ {
		fmt.Fprintf(&b, "--ink-%s:%s;", names[ink], p[ink])
	}
	return b.String()
}

// colour is how the page's colour of an ink is named in the picture.
func colour(i figure.Ink) string {
	if name, ok := names[i]; ok {
		return "var(--ink-" + name + ")"
	}
	return "none"
}
