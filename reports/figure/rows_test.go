package figure_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"maildrill/reports/figure"
)

// rowsOf are rows as an exercise may have them.
func rowsOf(r *rand.Rand, end float64) (rows []figure.Row) {
	texts := []string{"", "hold", "The disk of store1 fails: users report errors", strings.Repeat("x", 90), "漢字かな交じり文", "\x1b[2J", "<b>"}
	text := func() string { return texts[r.IntN(len(texts))] }
	for range 1 + r.IntN(8) {
		row := figure.Row{Name: text()}
		for range r.IntN(6) {
			from := (r.Float64()*1.4 - 0.2) * end
			row.Spans = append(row.Spans, figure.Lasting{From: from, To: from + r.Float64()*end/3, Open: r.IntN(3) == 0, Word: text(), Label: text(), Ink: figure.Good})
		}
		for range r.IntN(12) {
			row.Flags = append(row.Flags, figure.Flag{At: (r.Float64()*1.4 - 0.2) * end, Word: text(), Label: text(), Shape: figure.Shape(r.IntN(7)), Ink: figure.Accent})
		}
		rows = append(rows, row)
	}
	return rows
}

func TestRowsAreNotCutOrCovered(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		end := math.Pow(10, r.Float64()*6)
		f := figure.Rows("rows", "Rows", "Rows.", 0, end, rowsOf(r, end))
		for _, wrong := range faultsOf(f, recorded(f)) {
			t.Errorf("seed %d: %s", seed, wrong)
		}
		if first, second := written(t, f), written(t, f); first != second {
			t.Errorf("seed %d: not the same each time", seed)
		}
	}
}

// What has no known end goes on to the edge, and is told apart without colour.
func TestRowsOpenEnd(t *testing.T) {
	f := figure.Rows("rows", "Rows", "Rows.", 0, 100, []figure.Row{{Name: "fault", Spans: []figure.Lasting{
		{From: 0, To: 50, Label: "ended", Ink: figure.Bad}, {From: 50, To: 60, Open: true, Label: "goes on", Ink: figure.Bad}}}})
	widths, hatched := map[string]float64{}, map[string]bool{}
	for _, p := range recorded(f).paths {
		if p.closed && p.label != "" {
			widths[p.label], hatched[p.label] = p.points[1].X-p.points[0].X, p.style.Hatch != figure.Plain
		}
	}
	if math.Abs(widths["ended"]-widths["goes on"]) > 1 || hatched["ended"] || !hatched["goes on"] {
		t.Errorf("%v %v", widths, hatched)
	}
}

func TestRowsOfNonsense(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, span := range [][2]float64{{0, 0}, {nan, 1}, {0, inf}, {5, -5}, {-inf, inf}} {
		f := figure.Rows("x y", "", "", span[0], span[1], []figure.Row{{Name: "n", Spans: []figure.Lasting{{From: nan, To: inf}, {From: -inf, To: nan}, {From: 1, To: 0}},
			Flags: []figure.Flag{{At: nan, Word: "nan"}, {At: inf, Word: "inf"}, {At: 0.5, Word: "there"}}}})
		for _, wrong := range faultsOf(f, recorded(f)) {
			t.Errorf("%v: %s", span, wrong)
		}
	}
}
