package pdf

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

// drawn is the stream of a page with a figure of 400 by 200 points on it, which
// lies at its natural size.
func drawn(t *testing.T, draw func(figure.Canvas)) (stream string, file []byte) {
	t.Helper()
	file = render(t, dossier.Document{Sections: []dossier.Section{{ID: "here", Blocks: []dossier.Block{
		dossier.Picture{Figure: figure.Figure{Width: 400, Height: 200, Draw: draw}}}}}})
	return readPDF(t, file).pages[0], file
}

var square = figure.Box{X: 10, Y: 10, W: 50, H: 50}.Corners()

func TestWhatACanvasDraws(t *testing.T) {
	some := figure.Style{Fill: figure.Good, Stroke: figure.Bad}
	for name, c := range map[string]struct {
		draw func(figure.Canvas)
		want string // a regular expression
	}{
		"polygon": {func(c figure.Canvas) { c.Path(square, true, some) }, `0\.122 0\.541 0\.357 rg\n(\S+ \S+ [ml] ){4}h f\n.* RG\n1 w\n(\S+ \S+ [ml] ){4}h S`},
		"line":    {func(c figure.Canvas) { c.Path(square, false, figure.Style{Stroke: figure.Text}) }, `m (\S+ \S+ l ){3}S`},
		"dashes":  {func(c figure.Canvas) { c.Path(square, false, figure.Style{Stroke: figure.Text, Dash: figure.Dashed}) }, `\[4 2\.5\] 0 d`},
		"dots":    {func(c figure.Canvas) { c.Path(square, false, figure.Style{Stroke: figure.Text, Dash: figure.Dotted}) }, `\[1\.2 2\] 0 d`},
		"opacity": {func(c figure.Canvas) {
			c.Path(square, true, figure.Style{Fill: figure.Good, Opacity: .5, Stroke: figure.Good})
		}, `(?s)/GS1 gs\n.*f\n/GS2 gs\n.*S\n`},
		"hatch":          {func(c figure.Canvas) { c.Path(square, true, figure.Style{Stroke: figure.Good, Hatch: figure.Rising}) }, `(?s)q \n.*h W n\n.*S\n.*Q\n`},
		"clip":           {func(c figure.Canvas) { c.Group(figure.Group{Clip: &figure.Box{W: 30, H: 40}}, func() {}) }, `q \n\S+ \S+ 30 40 re W n`},
		"upward":         {func(c figure.Canvas) { c.Text(figure.Point{X: 5, Y: 90}, "up", figure.Lettering{Upward: true}) }, `q 0 1 -1 0 \S+ \S+ cm`},
		"dots of a call": {func(c figure.Canvas) { c.Marks(figure.Dot, square, 3, figure.Style{Fill: figure.Accent}) }, `1 J\n.*\n3 w\n(\S+ \S+ m \S+ \S+ l ){4}S\n0 J`},
	} {
		if stream, _ := drawn(t, c.draw); !regexp.MustCompile(c.want).MatchString(stream) {
			t.Errorf("%s: %s is not in\n%s", name, c.want, stream)
		}
	}
}

func TestEveryInkHatchAndShapeDiffers(t *testing.T) {
	seen := map[string]string{}
	differs := func(what string, draw func(figure.Canvas)) {
		stream, _ := drawn(t, draw)
		if other := seen[stream]; other != "" {
			t.Errorf("%s looks like %s", what, other)
		}
		seen[stream] = what
	}
	for i := range figure.Fault6 + 1 {
		differs("ink "+string(rune('a'+i)), func(c figure.Canvas) { c.Path(square, true, figure.Style{Fill: i}) })
	}
	for h := range figure.Level + 1 {
		differs("hatch "+string(rune('a'+h)), func(c figure.Canvas) { c.Path(square, true, figure.Style{Stroke: figure.Text, Hatch: h}) })
	}
	for s := range figure.Tick + 1 {
		differs("shape "+string(rune('a'+s)), func(c figure.Canvas) { c.Marks(s, square, 6, figure.Style{Fill: figure.Text}) })
	}
}

func TestBadIsTheDarkestInGrey(t *testing.T) {
	shade := func(c color) float64 {
		r, g, b := c.parts()
		return .3*float64(r) + .59*float64(g) + .11*float64(b)
	}
	for i := figure.Good; i <= figure.Fault6; i++ {
		if i != figure.Bad && shade(ink(i)) < shade(ink(figure.Bad))+25 {
			t.Errorf("ink %d is nearly as dark: %.0f and %.0f", i, shade(ink(i)), shade(ink(figure.Bad)))
		}
	}
	for tone := dossier.Good; tone <= dossier.Open; tone++ {
		if tone != dossier.Bad && shade(toneOf(tone).dark) < shade(toneOf(dossier.Bad).dark)+25 {
			t.Errorf("tone %d is nearly as dark", tone)
		}
	}
}

func TestManyMarksAreOnePath(t *testing.T) {
	at := make([]figure.Point, 20000)
	for i := range at {
		at[i] = figure.Point{X: float64(i%400) + .5, Y: float64(i / 400)}
	}
	for s := range figure.Tick + 1 {
		stream, _ := drawn(t, func(c figure.Canvas) { c.Marks(s, at, 2, figure.Style{Fill: figure.Accent}) })
		if n := strings.Count(stream, " S\n") + strings.Count(stream, " f\n"); n > 10 {
			t.Errorf("shape %d: %d paths", s, n)
		}
	}
}

func TestPlacesThatAreNoNumbersAreLeftOut(t *testing.T) {
	bad := []figure.Point{{X: math.NaN()}, {Y: math.Inf(1)}, {X: 1e300, Y: -1e300}}
	stream, _ := drawn(t, func(c figure.Canvas) {
		c.Path(bad, true, figure.Style{Fill: figure.Good, Stroke: figure.Bad, Hatch: figure.Crossed})
		c.Path(append(bad, square...), true, figure.Style{Fill: figure.Good, Stroke: figure.Bad, Hatch: figure.Crossed})
		c.Marks(figure.Dot, bad, math.NaN(), figure.Style{Fill: figure.Good})
		c.Text(bad[0], "nowhere", figure.Lettering{})
	})
	for _, word := range []string{"NaN", "Inf", "e+", "nowhere"} {
		if strings.Contains(stream, word) {
			t.Errorf("the page has %q", word)
		}
	}
}

func TestAHatchOverAHugeBoxIsOfThePageOnly(t *testing.T) {
	stream, _ := drawn(t, func(c figure.Canvas) {
		c.Path(figure.Box{X: -9e5, Y: -9e5, W: 18e5, H: 18e5}.Corners(), true, figure.Style{Stroke: figure.Text, Hatch: figure.Specks})
	})
	if len(stream) > 2<<20 {
		t.Errorf("%d bytes", len(stream))
	}
}

func TestAGroupIsALinkToItsAnchor(t *testing.T) {
	for link, want := range map[string]int{"here": 1, "nowhere": 0, "": 0} {
		_, file := drawn(t, func(c figure.Canvas) {
			c.Group(figure.Group{Link: link}, func() { c.Path(square, true, figure.Style{Fill: figure.Good}) })
		})
		if got := bytes.Count(file, []byte("/Subtype /Link")); got != want {
			t.Errorf("link %q: %d links, want %d", link, got, want)
		}
	}
}

func TestWordsOfFiguresAreReadable(t *testing.T) {
	for width, turned := range map[float64]bool{400: false, 520: false, 720: false, 960: true, 1400: true} {
		f := figure.Figure{Width: width, Height: 300, Draw: func(c figure.Canvas) { c.Text(figure.Point{X: 9, Y: 9}, "small", figure.Lettering{}) }}
		if turns(f) != turned {
			t.Errorf("a figure %g wide: turned is %v", width, turns(f))
		}
		words := readPDF(t, render(t, dossier.Document{Sections: []dossier.Section{{Blocks: []dossier.Block{dossier.Picture{Figure: f}}}}}))
		for _, page := range words.pages {
			for _, m := range regexp.MustCompile(`/F\S+ (\S+) Tf`).FindAllStringSubmatch(page, -1) {
				if strings.HasPrefix(m[1], "6.") && m[1] < "6.5" || strings.HasPrefix(m[1], "5") {
					t.Errorf("a figure %g wide: words of %s points", width, m[1])
				}
			}
		}
	}
}
