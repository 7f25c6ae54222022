package figure_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
	"maildrill/reports/figure/svg"
)

// allOf are all figures of a run.
func allOf(r record.Record, c chronicle.Chronicle) []figure.Figure {
	out := []figure.Figure{figure.Timeline(r, c), figure.Compact(r, c), figure.Waterfall(r), figure.Accounting(r), figure.LatencyBars(r.Times.Latency)}
	h := figure.History{ID: "rto.mx", Title: "rto.mx", Unit: "s"}
	for n, o := range r.Objectives {
		out = append(out, figure.Bullet(o))
		if most, ok := o.Target["max"]; ok {
			h.Target = &most
		}
		run := figure.Outcome{Label: "2026-11-0" + fmt.Sprint(n%9), Measured: o.Measured, Verdict: o.Verdict}
		if n%3 == 0 {
			run.Change, run.Link = o.Name, "e-0001"
		}
		h.Runs = append(h.Runs, run)
		if n < 3 {
			out = append(out, figure.Trend(h), figure.Sparkline(h))
		}
	}
	out = append(out, figure.Trend(h), figure.Sparkline(h), figure.Trend(figure.History{}), figure.Sparkline(figure.History{}))
	other := record.Record{Faults: r.Faults, Services: r.Services}
	return append(out, figure.Overlay(figure.Side{Name: "before", Record: r, Chronicle: c}, figure.Side{Name: "after", Record: other, Chronicle: chronicle.Chronicle{Lanes: c.Lanes[:len(c.Lanes)/2], End: 10}}))
}

// TestNothingIsCutOrCovered draws all figures of many made-up drills.
func TestNothingIsCutOrCovered(t *testing.T) {
	for _, kind := range drills {
		t.Run(kind.name, func(t *testing.T) {
			for seed := range uint64(25) {
				d := kind.drill
				d.Rand = rand.New(rand.NewPCG(seed, 1))
				r := d.record()
				for _, f := range allOf(r, d.chronicle(r)) {
					for _, wrong := range faultsOf(f, recorded(f)) {
						t.Errorf("seed %d: %s", seed, wrong)
					}
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestTheSameEachTime: a figure can be drawn again and again, and made again.
func TestTheSameEachTime(t *testing.T) {
	for _, kind := range drills {
		d := kind.drill
		d.Rand = rand.New(rand.NewPCG(3, 1))
		r := d.record()
		c := d.chronicle(r)
		again := allOf(r, c)
		for n, f := range allOf(r, c) {
			first, second, remade := written(t, f), written(t, f), written(t, again[n])
			if first != second || first != remade {
				t.Errorf("%s: %s is not the same each time", kind.name, f.ID)
			}
			if f.Alt != again[n].Alt || !reflect.DeepEqual(f.Axis, again[n].Axis) {
				t.Errorf("%s: %s has another text or axis when it is made again", kind.name, f.ID)
			}
		}
	}
}

func written(t *testing.T, f figure.Figure) string {
	t.Helper()
	var out strings.Builder
	if err := svg.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestTheLookerSees plants what the tests of layout look for.
func TestTheLookerSees(t *testing.T) {
	plants := map[string]func(figure.Canvas){
		"cut":  func(c figure.Canvas) { c.Text(figure.Point{X: 95, Y: 50}, "beyond the edge", figure.Lettering{}) },
		"high": func(c figure.Canvas) { c.Text(figure.Point{X: 5, Y: 3}, "x", figure.Lettering{}) },
		"over": func(c figure.Canvas) {
			c.Text(figure.Point{X: 5, Y: 50}, "one", figure.Lettering{})
			c.Text(figure.Point{X: 8, Y: 52}, "two", figure.Lettering{})
		},
		"clipped": func(c figure.Canvas) {
			c.Group(figure.Group{Clip: &figure.Box{X: 0, Y: 40, W: 10, H: 20}}, func() { c.Text(figure.Point{X: 5, Y: 50}, "one", figure.Lettering{}) })
		},
		"mark": func(c figure.Canvas) { c.Marks(figure.Dot, []figure.Point{{X: 101, Y: 5}}, 2, figure.Style{}) },
		"path": func(c figure.Canvas) { c.Path([]figure.Point{{X: 0, Y: 200}}, false, figure.Style{}) },
	}
	for name, draw := range plants {
		f := figure.Figure{ID: name, Width: 100, Height: 100, Draw: draw}
		if len(faultsOf(f, recorded(f))) == 0 {
			t.Errorf("%s was not seen", name)
		}
	}
}
