package figure

import (
	"math"
	"strings"
	"testing"
)

func TestTextWidth(t *testing.T) {
	for _, c := range []struct {
		text string
		bold bool
		want float64 // ems, of the Go fonts
	}{
		{"", false, 0}, {"0", false, 0.5562}, {"00", false, 1.1123}, {"crash: node.crash on mx1", false, 11.57}, {"crash: node.crash on mx1", true, 12.39},
		{"日本", false, 2}, {"äöü", false, 1.669},
	} {
		if got := TextWidth(c.text, 1, c.bold); math.Abs(got-c.want) > 0.02 {
			t.Errorf("%q (bold %t) is %.4f ems wide, not %.4f", c.text, c.bold, got, c.want)
		}
	}
	if one, ten := TextWidth("mx", 1, false), TextWidth("mx", 10, false); math.Abs(ten-10*one) > 1e-9 {
		t.Errorf("%f is not ten times %f", ten, one)
	}
}

func TestFit(t *testing.T) {
	l := Lettering{Size: 10}
	for _, room := range []float64{-1, 0, 5, 30, 60, 1000} {
		got := fit("submission@mail-relay-1", room, l)
		if got != "" && textRoom(got, l) > room {
			t.Errorf("%q does not fit %v", got, room)
		}
		if room < 1000 && got == "submission@mail-relay-1" {
			t.Errorf("%q was not cut to %v", got, room)
		}
	}
	if got := fit("a\x1b[31m\u202eb", 100, l); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("%q", got)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		from, to float64
		want     string
	}{
		{0, 72.8, "0 s, 10 s, 20 s, 30 s, 40 s, 50 s, 60 s, 70 s"},
		{0, 1, "0 s, 0.1 s, 0.2 s, 0.3 s, 0.4 s, 0.5 s, 0.6 s, 0.7 s, 0.8 s, 0.9 s, 1 s"},
		{-8, 20, "-5 s, 0 s, 5 s, 10 s, 15 s, 20 s"},
		{0, 1800, "0 min, 5 min, 10 min, 15 min, 20 min, 25 min, 30 min"},
		{0, 100000, "0 h, 4 h, 8 h, 12 h, 16 h, 20 h, 24 h"},
	} {
		s := scale{from: c.from, to: c.to, end: 100}
		steps := timeSteps(s.to - s.from)
		var got []string
		for _, v := range s.ticks(timeTicks, steps) {
			got = append(got, clockWord(v, stepOf(s.to-s.from, timeTicks, steps)))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%v to %v: %s, not %s", c.from, c.to, text, c.want)
		}
	}
}

func TestScaleHasEnds(t *testing.T) {
	s := scale{from: 0, to: 10, low: 100, end: 200}
	for v, want := range map[float64]float64{0: 100, 5: 150, 10: 200, -3: 100, 99: 200, math.Inf(1): 200, math.Inf(-1): 100} {
		if got := s.at(v); got != want {
			t.Errorf("%v is at %v, not %v", v, got, want)
		}
	}
	if got := s.at(math.NaN()); got != 100 {
		t.Errorf("what is no number is at %v", got)
	}
	log := scale{from: 0.001, to: 10, low: 0, end: 400, log: true}
	for v, want := range map[float64]float64{0.001: 0, 0.1: 200, 10: 400, 0: 0, -1: 0} {
		if got := log.at(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is at %v, not %v", v, got, want)
		}
	}
	if got := log.decades(); len(got) != 5 {
		t.Errorf("decades %v", got)
	}
}

func TestRoundNumbers(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, -4: 1, 1: 1, 1.2: 1.5, 7: 8, 42: 50, 99: 100, 0.031: 0.04, math.Inf(1): 1} {
		if got := roundUp(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v is rounded up to %v, not %v", v, got, want)
		}
	}
	if got := roundUp(math.NaN()); got != 1 {
		t.Errorf("NaN is rounded up to %v", got)
	}
	for v, want := range map[float64]string{0.01: "10 ms", 0.1: "0.1 s", 1: "1 s", 1000: "1000 s"} {
		if got := spanWord(v); got != want {
			t.Errorf("%v is %s, not %s", v, got, want)
		}
	}
}

func TestWordsKeepOutOfEachOthersWay(t *testing.T) {
	p := newPen(nothing{}, 200, 50)
	l := Lettering{Size: 10}
	if !p.label(Point{10, 20}, "one", l) || p.label(Point{12, 22}, "two", l) {
		t.Error("the second word is over the first")
	}
	if p.label(Point{190, 20}, "three", l) || p.label(Point{10, 5}, "four", l) {
		t.Error("a word is beyond the edge")
	}
	p.reserve(Box{60, 0, 2, 50})
	if !p.slid(Point{50, 20}, 150, l, "five") || p.slid(Point{10, 20}, 40, l, "a long word that has no room") {
		t.Error("slid")
	}
}

type nothing struct{}

func (nothing) Path([]Point, bool, Style)            {}
func (nothing) Marks(Shape, []Point, float64, Style) {}
func (nothing) Text(Point, string, Lettering)        {}
func (nothing) Group(_ Group, draw func())           { draw() }
