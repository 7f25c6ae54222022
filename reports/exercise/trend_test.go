package exercise

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTrend(t *testing.T) {
	d := Trend(several())
	went, came := cellsOf(t, d, "went-table"), cellsOf(t, d, "came-table")
	want := [][]string{
		{"2026-05-24", "passed", "3 of 5", "20m30s", "4 of 6", "80 %", ""},
		{"2026-08-24", "failed", "3 of 5", "30m30s", "4 of 6", "80 %", "SIMULATED: counts for nothing"},
		{"2026-10-20", "inconclusive", "1 of 2", "no data", "none", "100 %", "tabletop, not signed"},
		{"2026-11-24", "failed", "3 of 5", "30m30s", "4 of 6", "80 %", ""},
	}
	for i, row := range went {
		var got []string
		for n, c := range row {
			if n != 1 {
				got = append(got, c.Text)
			}
		}
		if strings.Join(got, "|") != strings.Join(want[i], "|") {
			t.Errorf("%d: %q, want %q", i, got, want[i])
		}
	}
	if first := came[0]; first[4].Text != "3 of 3" || first[5].Text != "3 older" || first[6].Text != "3" || first[7].Text != "0 of 3" {
		t.Errorf("%+v", first)
	}
	if d.Chips[0].Value != "4 exercises" {
		t.Errorf("%+v", d.Chips)
	}
}

func TestTrendOfNothing(t *testing.T) {
	d := Trend(nil)
	if len(cellsOf(t, d, "went-table")) != 0 || d.Chips[0].Value != "0 exercises" {
		t.Errorf("%+v", d)
	}
}

// The order in which exercises are handed in does not matter.
func TestTrendIsInTheOrderOfTime(t *testing.T) {
	recs := several()
	var one, other bytes.Buffer
	if err := TrendText(&one, recs, 80); err != nil {
		t.Fatal(err)
	}
	recs[0], recs[3] = recs[3], recs[0]
	if err := TrendText(&other, recs, 80); err != nil {
		t.Fatal(err)
	}
	if one.String() != other.String() {
		t.Error("another order gave another text")
	}
}

func TestTrendTextFits(t *testing.T) {
	for _, width := range []int{0, 40, 64, 80, 160, 1000} {
		var out bytes.Buffer
		if err := TrendText(&out, several(), width); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > min(max(width, narrowest), widest) {
				t.Errorf("at %d: %d columns: %q", width, n, line)
			}
		}
	}
}
