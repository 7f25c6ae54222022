package svg_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"maildrill/reports/figure"
	"maildrill/reports/figure/svg"
)

func drawn(t *testing.T, draw func(figure.Canvas)) string {
	return written(t, figure.Figure{ID: "x", Title: "t", Width: 100, Height: 50, Draw: draw})
}

func TestStyles(t *testing.T) {
	box := figure.Box{X: 1, Y: 2, W: 3, H: 4}.Corners()
	for _, c := range []struct {
		name  string
		style figure.Style
		want  string
	}{
		{"fill", figure.Style{Fill: figure.Good}, `<path d="M1 2L4 2L4 6L1 6Z" fill="var(--ink-good)"/>`},
		{"pale", figure.Style{Fill: figure.Good, Opacity: 0.25}, `fill="var(--ink-good)" fill-opacity="0.25"/>`},
		{"stroke", figure.Style{Stroke: figure.Fault3, Width: 1.25, Dash: figure.Dashed}, `stroke="var(--ink-fault3)" stroke-width="1.25" stroke-dasharray="4 2.5"/>`},
		{"hatch", figure.Style{Fill: figure.Paper, Stroke: figure.Blind, Hatch: figure.Falling}, `fill="url(#fig-x-h1)" stroke="var(--ink-blind)"/>`},
		{"nothing", figure.Style{}, `</desc></svg>`},
	} {
		if got := drawn(t, func(canvas figure.Canvas) { canvas.Path(box, true, c.style) }); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s does not have %s", c.name, got, c.want)
		}
	}
}

// TestOnePathForMarks: five thousand dots are one element of few bytes.
func TestOnePathForMarks(t *testing.T) {
	const n = 5000
	at := make([]figure.Point, n)
	for i := range at {
		at[i] = figure.Point{X: float64(i) / 6, Y: math.Mod(float64(i)*7.77, 50)}
	}
	got := drawn(t, func(c figure.Canvas) { c.Marks(figure.Dot, at, 2.5, figure.Style{Fill: figure.Accent, Opacity: 0.5}) })
	if strings.Count(got, "<path") != 1 || !strings.Contains(got, `stroke-linecap="round"`) {
		t.Errorf("%.300s", got)
	}
	if len(got) > 15*n {
		t.Errorf("%d bytes for %d dots", len(got), n)
	}
	if long := regexp.MustCompile(`\d\.\d\d`).FindString(got[strings.Index(got, "M"):strings.Index(got, `" stroke`)]); long != "" {
		t.Errorf("%s has more than one decimal", long)
	}
}

func TestGroups(t *testing.T) {
	clip := figure.Box{W: 10, H: 10}
	got := drawn(t, func(c figure.Canvas) {
		c.Group(figure.Group{Label: "a < b", Link: "e-0412", Clip: &clip, Scroll: true}, func() {
			c.Path(clip.Corners(), true, figure.Style{Fill: figure.Bad})
		})
		c.Group(figure.Group{Label: "empty"}, func() {})
	})
	want := `<g class="scroll" clip-path="url(#fig-x-c1)"><title>a &lt; b</title><a href="#e-0412"><path d="M0 0L10 0L10 10L0 10Z" fill="var(--ink-bad)"/></a></g></svg>`
	if !strings.Contains(got, want) || !strings.Contains(got, `role="group"`) {
		t.Error(got)
	}
}

// TestTheAxisCanBeStretched keeps what the page's script relies on.
func TestTheAxisCanBeStretched(t *testing.T) {
	r, c := small()
	got := written(t, figure.Timeline(r, c))
	if !strings.Contains(got, `data-from="0" data-to="60"`) || !strings.Contains(got, `class="scroll"`) {
		t.Errorf("%.400s", got)
	}
	path := regexp.MustCompile(`^(M-?[\d.]+ -?[\d.]+(h0|L-?[\d.]+ -?[\d.]+|[a-z][-\d. a-z]*)*Z?)+$`)
	for _, d := range regexp.MustCompile(` d="([^"]*)"`).FindAllStringSubmatch(got[strings.Index(got, "</defs>"):], -1) {
		if !path.MatchString(d[1]) {
			t.Errorf("path %q", d[1])
		}
	}
}

// TestPalettes: words are read, and lines seen, on their ground (WCAG 1.4.3 and
// 1.4.11).
func TestPalettes(t *testing.T) {
	for name, p := range map[string]svg.Palette{"light": svg.Light, "dark": svg.Dark, "grey": svg.Grey} {
		for ink := figure.Text; ink <= figure.Fault6; ink++ {
			least := 3.0
			switch ink {
			case figure.Text, figure.Muted:
				least = 4.5
			case figure.Grid, figure.Paper:
				least = 1
			}
			if got := contrast(t, p[ink], p[figure.Paper]); got < least {
				t.Errorf("%s: ink %d has a contrast of %.2f, not %.1f", name, ink, got, least)
			}
		}
		if css := p.CSS(); strings.Count(css, "--ink-") != int(figure.Fault6) || !strings.Contains(css, "--ink-good:"+p[figure.Good]+";") {
			t.Errorf("%s: %s", name, css)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
