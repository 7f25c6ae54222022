package pdf

import (
	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// color is 0xRRGGBB.
type color uint32

// unset is no color: what a stream draws with is not known.
const unset color = 1 << 24

func (c color) parts() (r, g, b int) { return int(c >> 16 & 255), int(c >> 8 & 255), int(c & 255) }

// Colors of the page. Those of words have a contrast of 4.5 to 1 or more on
// white.
const (
	black color = 0x1b1f24
	grey  color = 0x57606a
	rule  color = 0xc9ced4
	faint color = 0xf3f5f7
	white color = 0xffffff
	blue  color = 0x0b57a4
)

// inks are the palette of figures on white paper: the hues of the light screen.
// What is bad is the darkest in grey too.
var inks = [...]color{
	figure.Text:   black,
	figure.Muted:  grey,
	figure.Grid:   0xd8dde2,
	figure.Paper:  white,
	figure.Good:   0x1f8a5b,
	figure.Bad:    0xa31512,
	figure.Open:   0xb26a00,
	figure.Accent: 0x2766c8,
	figure.Second: 0x0b8494,
	figure.Blind:  0x7d8794,
	figure.Fault1: 0x7d4fd1,
	figure.Fault2: 0xa15c1f,
	figure.Fault3: 0xc43b86,
	figure.Fault4: 0x4d6a85,
	figure.Fault5: 0x7a7f12,
	figure.Fault6: 0x13857b,
}

func ink(i figure.Ink) color {
	if int(i) >= len(inks) {
		return black
	}
	return inks[i]
}

// tone is how a [dossier.Tone] looks: its dark color for words and shapes, its
// light one for grounds.
type tone struct {
	dark, light color
	sign        sign
}

var tones = [...]tone{
	dossier.Neutral: {black, faint, noSign},
	dossier.Good:    {0x1a7f4b, 0xe8f5ee, disc},
	dossier.Bad:     {0xa31512, 0xfcebea, octagon},
	dossier.Open:    {0x8f4f00, 0xfdf3e1, wedge},
}

func toneOf(t dossier.Tone) tone {
	if int(t) >= len(tones) {
		return tones[dossier.Neutral]
	}
	return tones[t]
}
