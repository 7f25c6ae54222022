package pdf

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is one of the typefaces.
type face uint8

const (
	regular face = iota
	bold
	mono
	monoBold
	faces
)

// fontFiles are the Go fonts: Latin, Greek and Cyrillic, free to embed.
var fontFiles = [faces]struct {
	family string
	ttf    []byte
}{
	regular:  {"go", goregular.TTF},
	bold:     {"gobold", gobold.TTF},
	mono:     {"gomono", gomono.TTF},
	monoBold: {"gomonobold", gomonobold.TTF},
}

// metrics knows how wide characters are and which there are. It is not for
// several goroutines.
type metrics struct {
	fonts  [faces]*sfnt.Font
	widths [faces]map[rune]float64 // of an em; negative: the face lacks it
	buffer sfnt.Buffer
}

func newMetrics() (*metrics, error) {
	m := &metrics{}
	for f := range faces {
		var err error
		if m.fonts[f], err = sfnt.Parse(fontFiles[f].ttf); err != nil {
			return nil, fmt.Errorf("font %s: %w", fontFiles[f].family, err)
		}
		m.widths[f] = map[rune]float64{}
	}
	return m, nil
}

// has tells whether a face has a character. The file format as it is written
// here holds no more than 16 bits for one.
func (m *metrics) has(f face, r rune) bool {
	return r >= ' ' && r <= 0xffff && m.advance(f, r) >= 0
}

func (m *metrics) advance(f face, r rune) float64 {
	if w, ok := m.widths[f][r]; ok {
		return w
	}
	w := m.measure(f, r)
	m.widths[f][r] = w
	return w
}

func (m *metrics) measure(f face, r rune) float64 {
	const em = 1000
	glyph, err := m.fonts[f].GlyphIndex(&m.buffer, r)
	if err != nil || glyph == 0 {
		return -1
	}
	w, err := m.fonts[f].GlyphAdvance(&m.buffer, glyph, fixed.I(em), font.HintingNone)
	if err != nil {
		return -1
	}
	return float64(w) / 64 / em
}

// width is how wide a text is in points.
func (m *metrics) width(l letter, s string) float64 {
	w := 0.0
	for _, r := range s {
		w += max(0, m.advance(l.face, r))
	}
	return w * l.size
}

// letter is how words look.
type letter struct {
	face  face
	size  float64
	color color
}

func (l letter) in(c color) letter { l.color = c; return l }

// lead is the distance of two baselines.
func (l letter) lead() float64 { return l.size * 1.32 }

// rise is how far below the top of its line a baseline is.
func (l letter) rise() float64 { return l.size * 1.0 }
