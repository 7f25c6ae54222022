package pdf

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func metricsOf(t *testing.T) *metrics {
	m, err := newMetrics()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWrap(t *testing.T) {
	m, l := metricsOf(t), letter{mono, 10, black} // a character is 6 points wide
	for text, want := range map[string][]string{
		"":                             {""},
		"one two three":                {"one two", "three"},
		"  one   two ":                 {"one two"},
		"in about 12 s, or":            {"in about", "12 s, or"},
		"what is s, then":              {"what is s,", "then"},
		"abcdefghijklmnop":             {"abcdefghij", "klmnop"},
		"in abcdefghijklmnop":          {"in", "abcdefghij", "klmnop"},
		"abcdefg-ijklmnop":             {"abcdefg-", "ijklmnop"},
		"a-bcdefghijklmnop":            {"a-bcdefghi", "jklmnop"},
		"user07@example.test and":      {"user07@", "example.", "test and"},
		"ЖЖЖЖЖЖЖЖЖЖЖЖ":                 {"ЖЖЖЖЖЖЖЖЖЖ", "ЖЖ"},
		"exactly10c exactly10c":        {"exactly10c", "exactly10c"},
		strings.Repeat("x ", 10) + "y": {"x x x x x", "x x x x x", "y"},
	} {
		if got := m.wrap(l, text, 60.1); !slices.Equal(got, want) {
			t.Errorf("wrap(%q) = %q, want %q", text, got, want)
		}
	}
	if got := m.wrap(l, "abc", 1); strings.Join(got, "") != "abc" {
		t.Errorf("a room too narrow for a character: %q", got)
	}
}

func TestLinesOfCodeKeepTheirSpaces(t *testing.T) {
	m, l := metricsOf(t), letter{mono, 10, black}
	for text, want := range map[string][]string{
		"":                   {""},
		"  a  b":             {"  a  b"},
		"    run it --again": {"    run ", "it --again"},
	} {
		if got := m.chop(l, text, 60.1); !slices.Equal(got, want) {
			t.Errorf("chop(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestAllFacesHaveTheSameCharacters(t *testing.T) {
	m := metricsOf(t)
	for r := rune(' '); r <= 0xffff; r++ {
		for f := range faces {
			if m.has(f, r) != m.has(regular, r) {
				t.Errorf("U+%04X is in one face and not in %d", r, f)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", -0.001: "0", 12.5: "12.5", 100: "100", 3.14159: "3.14", -7.996: "-8", 0.999: "1"} {
		if got := number(v); got != want {
			t.Errorf("number(%g) = %s, want %s", v, got, want)
		}
	}
}

func TestColumnsFillTheirRoom(t *testing.T) {
	for name, c := range map[string]struct {
		columns []column
		want    []float64
	}{
		"all fit":        {[]column{{least: 30, natural: 100, share: 1}, {least: 30, natural: 100, share: 1}}, []float64{150, 150}},
		"one is long":    {[]column{{least: 30, natural: 50, share: 1}, {least: 30, natural: 900, share: 1}}, []float64{50, 250}},
		"shares":         {[]column{{least: 30, natural: 900, share: 1}, {least: 30, natural: 900, share: 3}}, []float64{90, 210}},
		"too many words": {[]column{{least: 300, natural: 300, share: 1}, {least: 300, natural: 900, share: 1}}, []float64{150, 150}},
	} {
		spread(c.columns, 300)
		for i, want := range c.want {
			if math.Abs(c.columns[i].width-want) > .1 {
				t.Errorf("%s: column %d is %.1f wide, want %.1f", name, i, c.columns[i].width, want)
			}
		}
	}
}
