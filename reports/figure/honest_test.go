package figure_test

import (
	"math"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
)

func high(v float64) *float64 { return &v }

func between(low, top float64) *record.Interval { return &record.Interval{Low: low, High: &top} }

// boxes of a style that are wider than a point.
func (r *recorder) filledWith(ink figure.Ink, from, to float64) (width float64) {
	for _, p := range r.paths {
		if p.closed && p.style.Fill == ink && len(p.points) == 4 && p.points[0].Y >= from && p.points[2].Y <= to {
			width += p.points[1].X - p.points[0].X
		}
	}
	return width
}

// TestWhatNobodySawIsNeverUp: whatever is not known to be up is not drawn in
// the ink of what is.
func TestWhatNobodySawIsNeverUp(t *testing.T) {
	for name, cells := range map[string][]chronicle.Cell{
		"no data":         {{To: 60, State: chronicle.NoData}},
		"no cells":        nil,
		"unsure":          {{To: 60, State: chronicle.Unsure}},
		"a new state":     {{To: 60, State: "sleeping"}},
		"no state":        {{To: 60}},
		"down":            {{To: 60, State: chronicle.Down}},
		"not a time":      {{From: math.NaN(), To: 60, State: chronicle.Up}},
		"backwards":       {{From: 60, To: 0, State: chronicle.Up}},
		"before the run":  {{From: -60, To: -1, State: chronicle.Up}},
		"unsteady is not": {{To: 60, State: chronicle.Unsteady}},
	} {
		c := chronicle.Chronicle{End: 60, Lanes: []chronicle.Lane{{Service: "mx", Cells: cells}}}
		if w := recorded(figure.Compact(record.Record{}, c)).filledWith(figure.Good, 0, 30); w > 0 {
			t.Errorf("%s: %.1f points are drawn as up", name, w)
		}
	}
	c := chronicle.Chronicle{End: 60, Lanes: []chronicle.Lane{{Service: "mx", Cells: []chronicle.Cell{{To: 30, State: chronicle.Up}}}}}
	r := recorded(figure.Compact(record.Record{}, c))
	up, blind := r.filledWith(figure.Good, 0, 30), 0.0
	for _, p := range r.paths {
		if p.style.Stroke == figure.Blind && p.style.Hatch != figure.Plain && strings.Contains(p.label, "no data") {
			blind += p.points[1].X - p.points[0].X
		}
	}
	if math.Abs(up-blind) > 1 || up < 100 {
		t.Errorf("half of a lane is up: %.1f points, and half is not known: %.1f", up, blind)
	}
}

// TestEveryLostCopyIsDrawn, in the number of the record, though points are
// thinned.
func TestEveryLostCopyIsDrawn(t *testing.T) {
	c := chronicle.Chronicle{End: 60, Copies: chronicle.Copies{Fates: map[chronicle.Fate]int{chronicle.Lost: 7}}, Thinned: "4 of 7 lost copies are left out"}
	for n := range 3 {
		c.Copies.Points = append(c.Copies.Points, chronicle.Point{Due: float64(10 * n), Fate: chronicle.Lost, Answer: high(0.1)})
	}
	r := recorded(figure.Timeline(record.Record{}, c))
	crosses := 0
	for _, m := range r.marks {
		if m.shape == figure.Cross && m.at[0].Y < 60 {
			crosses += len(m.at)
		}
	}
	if crosses != 3 {
		for _, m := range r.marks {
			t.Log(m.shape, m.at)
		}
		t.Errorf("%d crosses", crosses)
	}
	if !r.says("lost: 7") || !r.says("4 of 7 lost") {
		t.Errorf("%+v", r.texts)
	}
}

// TestFatesAreToldApartWithoutColour: no two words of the legend have the same
// mark on the same rail.
func TestFatesAreToldApartWithoutColour(t *testing.T) {
	c := chronicle.Chronicle{End: 60}
	for n, fate := range chronicle.Fates {
		c.Copies.Points = append(c.Copies.Points, chronicle.Point{Due: float64(n), Fate: fate, Arrival: between(1, 2)})
	}
	r := recorded(figure.Timeline(record.Record{}, c))
	for _, fate := range []string{"delivered", "late", "duplicate", "damaged", "bounced", "still queued", "quarantined", "lost", "in doubt", "refused"} {
		if !r.says(fate) {
			t.Errorf("the legend does not say %q", fate)
		}
	}
	type look struct {
		shape  figure.Shape
		filled bool
	}
	seen := map[look]int{}
	for _, m := range r.marks {
		if len(m.at) == 1 && m.clip == nil { // of the legend
			seen[look{m.shape, m.style.Fill != figure.None}]++
		}
	}
	for l, n := range seen {
		if n > 1 && l.shape != figure.Tick { // ticks are on rails of their own
			t.Errorf("%d fates look like %+v", n, l)
		}
	}
}

// TestOpenEndsAreArrows, and no data is hatched and says so.
func TestOpenEndsAreArrows(t *testing.T) {
	o := record.Objective{Name: "rto.mx", Target: map[string]float64{"max": 10}, Unit: "s", Verdict: record.Failed, Measured: &record.Interval{Low: 12}}
	arrows := func(r *recorder) int {
		n := 0
		for _, p := range r.paths {
			if p.closed && len(p.points) == 3 {
				n++
			}
		}
		return n
	}
	if n := arrows(recorded(figure.Bullet(o))); n != 1 {
		t.Errorf("an open end has %d arrows", n)
	}
	o.Measured.High = high(13)
	if n := arrows(recorded(figure.Bullet(o))); n != 0 {
		t.Errorf("an end that is known has %d arrows", n)
	}
	o.Measured, o.Verdict = nil, record.Passed
	r := recorded(figure.Bullet(o))
	if !r.says("no data") || r.filledWith(figure.Good, 0, 40) > 0 {
		t.Errorf("no data: %+v", r)
	}
}

// TestCommandedIsNotSeen: a fault that was commanded and never seen has no
// shade, a dashed outline and no pattern of an effect.
func TestCommandedIsNotSeen(t *testing.T) {
	rec := record.Record{Faults: []record.Fault{{Step: "crash", Kind: "node.crash", Targets: []string{"mx1"}, Injected: between(10, 11)}}}
	c := chronicle.Chronicle{End: 60, Effects: []chronicle.Effect{{Step: "crash", Commanded: []chronicle.Stretch{{From: 10, To: 40}}, Seen: []chronicle.Cell{{To: 60, State: chronicle.Off}}}}}
	r := recorded(figure.Compact(rec, c))
	dashed := 0
	for _, p := range r.paths {
		if p.style.Fill == figure.Fault1 && p.style.Hatch != figure.Plain {
			t.Errorf("an effect is drawn: %+v", p)
		}
		if p.style.Stroke == figure.Fault1 && p.style.Dash == figure.Dashed && p.closed {
			dashed++
		}
	}
	if dashed == 0 || !r.says("crash: node.crash on mx1") {
		t.Errorf("%d dashed outlines, texts %+v", dashed, r.texts)
	}
}

// TestASumThatDoesNotHoldIsTold.
func TestASumThatDoesNotHoldIsTold(t *testing.T) {
	a := record.Accounting{Planned: 10, Attempted: 10, Accepted: 10, Delivered: 9}
	if !recorded(figure.Accounting(record.Record{Accounting: a})).says("does not hold") {
		t.Error("a copy is missing, and nobody says so")
	}
	a.Lost = 1
	r := recorded(figure.Accounting(record.Record{Accounting: a}))
	if r.says("does not hold") || !r.says("LOST") {
		t.Errorf("%+v", r.texts)
	}
}

// TestThreeOfTwentyThousand can be seen beside the rest.
func TestThreeOfTwentyThousand(t *testing.T) {
	a := record.Accounting{Planned: 20000, Attempted: 20000, Accepted: 20000, Delivered: 19997, Lost: 3}
	r := recorded(figure.Accounting(record.Record{Accounting: a}))
	for _, p := range r.paths {
		if p.style.Fill == figure.Bad && len(p.points) == 4 && p.points[2].Y-p.points[0].Y >= 3 {
			if !r.says("wider than it is") {
				t.Error("what is not to scale is not told")
			}
			return
		}
	}
	t.Error("three lost copies cannot be seen")
}

// TestNamesOfFaultsAreKept: where a name has no room, whoever points at the
// band is told.
func TestNamesOfFaultsAreKept(t *testing.T) {
	var rec record.Record
	for n := range 12 {
		from := float64(n)
		rec.Faults = append(rec.Faults, record.Fault{Step: "a-very-long-name-of-a-step-" + strings.Repeat("x", 200+n), Kind: "node.crash",
			Injected: between(from, from), Effective: between(from, from+0.1), Healed: between(from+50, from+50)})
	}
	r := recorded(figure.Timeline(rec, chronicle.Chronicle{End: 70}))
	for _, f := range rec.Faults {
		if !r.labelled(f.Step) {
			t.Errorf("%s is not told", f.Step)
		}
	}
}
