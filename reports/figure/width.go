package figure

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// TextWidth is the room that a line of text takes at a size, both in points, in
// the Go fonts. Helvetica and Arial are a little narrower.
func TextWidth(text string, size float64, bold bool) float64 {
	f := regular()
	if bold {
		f = heavy()
	}
	w := 0.0
	for _, r := range text {
		w += f.advance(r)
	}
	return w * size
}

// typeface holds the advances of a font in ems. Those of the first runes are
// looked up once, the others each time: they are rare.
type typeface struct {
	font  *sfnt.Font
	first [0x500]float64
}

var (
	regular = sync.OnceValue(func() *typeface { return parse(goregular.TTF) })
	heavy   = sync.OnceValue(func() *typeface { return parse(gobold.TTF) })
)

func parse(ttf []byte) *typeface {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err) // the font is part of this program
	}
	f := &typeface{font: parsed}
	for r := range f.first {
		f.first[r] = f.look(rune(r))
	}
	return f
}

func (f *typeface) advance(r rune) float64 {
	if r >= 0 && int(r) < len(f.first) {
		return f.first[r]
	}
	return f.look(r)
}

// strange is the advance of a rune that the font lacks: as wide as the
// ideographs, which are the widest.
const strange = 1.0

func (f *typeface) look(r rune) float64 {
	const unitsPerEm = 1 << 10
	var room sfnt.Buffer
	glyph, err := f.font.GlyphIndex(&room, r)
	if err != nil || glyph == 0 {
		return strange
	}
	wide, err := f.font.GlyphAdvance(&room, glyph, fixed.I(unitsPerEm), font.HintingNone)
	if err != nil {
		return strange
	}
	return float64(wide) / 64 / unitsPerEm
}
