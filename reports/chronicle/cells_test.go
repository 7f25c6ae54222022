package chronicle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// drawn prints cells: "0-1 no data, 1-2 up".
func drawn(all []Cell) string {
	var said []string
	for _, c := range all {
		said = append(said, fmt.Sprintf("%g-%g %s", c.From, c.To, c.State))
	}
	return strings.Join(said, ", ")
}

func TestCells(t *testing.T) {
	up := func(from, to float64) view { return view{from, to, Up} }
	down := func(from, to float64) view { return view{from, to, Down} }
	on := func(from, to float64) view { return view{from, to, On} }
	off := func(from, to float64) view { return view{from, to, Off} }
	for _, c := range []struct {
		name  string
		views []view
		want  string
	}{
		{"nobody looked", nil, "0-20 no data"},
		{"up all along", []view{up(1, 1.5), up(2, 2.5), up(3, 3.5)}, "0-1.5 no data, 1.5-3.5 up, 3.5-20 no data"},
		{"one look proves a moment", []view{up(1, 1.5)}, "0-20 no data"},
		{"gone and back", []view{up(1, 1.5), up(2, 2.5), down(3, 3.5), down(4, 4.5), up(5, 5.5), up(6, 6.5)},
			"0-1.5 no data, 1.5-2.5 up, 2.5-3 unsure, 3-4.5 down, 4.5-5.5 unsure, 5.5-6.5 up, 6.5-20 no data"},
		{"silence", []view{up(1, 1.5), up(2, 2.5), up(9, 9.5), up(10, 10.5)},
			"0-1.5 no data, 1.5-2.5 up, 2.5-9.5 no data, 9.5-10.5 up, 10.5-20 no data"},
		{"silence, and gone after it", []view{up(1, 1.5), up(2, 2.5), down(9, 9.5)},
			"0-1.5 no data, 1.5-2.5 up, 2.5-9 no data, 9-9.5 down, 9.5-20 no data"},
		{"gone, and silence", []view{down(1, 1.5), up(9, 9.5), up(10, 10.5)},
			"0-1 no data, 1-1.5 down, 1.5-9.5 no data, 9.5-10.5 up, 10.5-20 no data"},
		{"gone on both sides of silence", []view{down(1, 1.5), down(9, 9.5)},
			"0-1 no data, 1-1.5 down, 1.5-9 no data, 9-9.5 down, 9.5-20 no data"},
		{"a failure that takes long is over when a later probe is well", []view{up(1, 1.5), up(2, 2.5), down(3, 8), up(4, 4.5), up(5, 5.5)},
			"0-1.5 no data, 1.5-2.5 up, 2.5-3 unsure, 3-4 down, 4-4.5 unsure, 4.5-5.5 up, 5.5-20 no data"},
		{"mail that was sent while the way was closed, and came later", []view{down(1, 4), down(2, 5), up(3, 7), up(4, 6.5), up(8, 8.5)},
			"0-1 no data, 1-3 down, 3-6.5 unsure, 6.5-8.5 up, 8.5-20 no data"},
		{"a success that comes after the next failure began", []view{up(1, 1.5), up(2, 9), down(2.5, 3), down(3.5, 4)},
			"0-1.5 no data, 1.5-2.5 up, 2.5-4 down, 4-20 no data"},
		{"to the end", []view{up(18, 18.5), up(19, 25)}, "0-18.5 no data, 18.5-20 up"},
		{"beyond the end", []view{up(1, 1.5), up(2, 2.5), up(30, 30.5)}, "0-1.5 no data, 1.5-2.5 up, 2.5-20 no data"},
		{"before the beginning", []view{up(-3, -2.5), up(-1, 1)}, "0-1 up, 1-20 no data"},
		{"an effect", []view{off(1, 1.5), on(2, 2.5), on(3, 3.5), off(4, 4.5), off(5, 5.5)},
			"0-1.5 no data, 1.5-2.5 unsure, 2.5-3.5 on, 3.5-4.5 unsure, 4.5-5.5 off, 5.5-20 no data"},
		{"an effect that was seen once", []view{off(1, 1.5), on(2, 2.5), off(3, 3.5)},
			"0-1.5 no data, 1.5-2 unsure, 2-2.5 on, 2.5-3.5 unsure, 3.5-20 no data"},
	} {
		if got := drawn(cells(c.views, 3, 20)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// upWithoutEvidence finds a moment that is drawn as up, or as an effect that was
// seen, although the look before it and the look after it do not both say so, or
// are further apart than patience.
func upWithoutEvidence(all []Cell, views []view, patience float64) string {
	for _, c := range all {
		if c.State == NoData || c.State == Unsure || c.State == Down {
			continue
		}
		for _, at := range []float64{c.From + 1e-9, (c.From + c.To) / 2, c.To - 1e-9} {
			if why := unseen(at, c.State, views, patience); why != "" {
				return fmt.Sprintf("%s at %g: %s", c.State, at, why)
			}
		}
	}
	return ""
}

func unseen(at float64, state State, views []view, patience float64) string {
	before, after := -1, -1
	for i, v := range views {
		if v.to <= at && v.state == state {
			before = i
		}
		if v.from > at && after < 0 {
			after = i
		}
		if v.from <= at && at <= v.to {
			if v.state == state {
				after = i
			}
		}
	}
	switch {
	case before < 0:
		return "no look had shown it"
	case after < 0:
		return "no look showed it any more"
	case views[after].state != state:
		return "the next look says something else"
	case views[after].from-views[before].to > patience:
		return "nobody looked for long"
	}
	return ""
}

// Whatever probes say and however many are missing, nothing is drawn as up that
// no two looks around it have shown; and cells cover the run, in order.
func TestNothingIsUpUnseen(t *testing.T) {
	const patience, end = 1.5, 30.0
	plant := false
	for seed := range uint64(500) {
		views := randomViews(rand.New(rand.NewPCG(seed, 3)))
		all := cells(views, patience, end)
		if why := upWithoutEvidence(all, views, patience); why != "" {
			t.Fatalf("seed %d: %s\n%s\n%v", seed, why, drawn(all), views)
		}
		at := 0.0
		for i, c := range all {
			if c.From != at || c.To <= c.From || i > 0 && all[i-1].State == c.State {
				t.Fatalf("seed %d: %s", seed, drawn(all))
			}
			at = c.To
		}
		if at != end {
			t.Fatalf("seed %d ends at %g", seed, at)
		}
		// The defect that this is about: silence is taken for good news.
		plant = plant || upWithoutEvidence(cells(views, end, end), views, patience) != ""
	}
	if !plant {
		t.Error("with silence taken for up, nothing is found")
	}
}

// randomViews are probes that follow each other, of which many are missing.
func randomViews(rng *rand.Rand) []view {
	var all []view
	state := Up
	for at := rng.Float64(); at < 28; at += 0.5 {
		if rng.IntN(8) == 0 {
			at += rng.Float64() * 6
		}
		if rng.IntN(6) == 0 {
			state = []State{Up, Down}[rng.IntN(2)]
		}
		all = append(all, view{at, at + rng.Float64()*0.4, state})
	}
	return all
}

func TestPainted(t *testing.T) {
	all := []Cell{{0, 2, NoData}, {2, 6, Up}, {6, 8, Down}, {8, 10, Up}}
	if got, want := drawn(blind(all, Stretch{5, 9})), "0-2 no data, 2-5 up, 5-6 no data, 6-8 down, 8-9 no data, 9-10 up"; got != want {
		t.Errorf("a stall: got %s, want %s", got, want)
	}
	if got := drawn(blind(all, Stretch{9, 5})); got != drawn(all) {
		t.Errorf("a stall that ends before it began: %s", got)
	}
}
