package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// fewest is how many recovery times it takes before a percentile of them is
// printed: of fewer it says nothing.
const fewest = 20

// recoveries are the recovery times of all trials, by objective.
func recoveries(made []Made) []record.RecoveryTime {
	var names []string
	points := map[string][]record.Point{}
	for _, m := range made {
		if m.Record == nil {
			continue
		}
		for _, o := range m.Record.Objectives {
			if !strings.HasPrefix(o.Name, "rto.") {
				continue
			}
			if points[o.Name] == nil {
				names = append(names, o.Name)
			}
			points[o.Name] = append(points[o.Name], pointOf(m, o))
		}
	}
	var all []record.RecoveryTime
	for _, name := range names {
		all = append(all, recoveryTime(name, points[name]))
	}
	return all
}

// pointOf is sound if the run came to its end and every gate held that feeds
// recovery times. Whether the objective was met does not matter: to leave out
// what straddles the objective would leave out the slow ones.
func pointOf(m Made, o record.Objective) record.Point {
	p := record.Point{Trial: m.Trial, Measured: o.Measured}
	switch failed := unsound(*m.Record); {
	case o.Measured == nil:
		p.Note = "not measured"
	case m.Record.Verdict == record.Aborted, m.Record.Verdict == record.Error:
		p.Note = "the run ended as " + string(m.Record.Verdict)
	case len(failed) > 0:
		p.Note = "failed gates: " + strings.Join(failed, ", ")
	default:
		p.Sound = true
	}
	return p
}

// unsound lists the failed gates of a record that recovery times rest on.
func unsound(r record.Record) []string {
	var names []string
	for _, row := range r.Gates {
		i := slices.IndexFunc(gates, func(g gate) bool { return g.name == row.Name })
		if !row.Passed && (i < 0 || slices.Contains(gates[i].bears.on, ofRTO)) {
			names = append(names, row.Name)
		}
	}
	return names
}

func recoveryTime(name string, points []record.Point) record.RecoveryTime {
	t := record.RecoveryTime{Objective: name, Points: points}
	var sound []*record.Interval
	for _, p := range points {
		if p.Sound {
			sound = append(sound, p.Measured)
			t.Worst = worse(t.Worst, p.Measured)
		}
	}
	t.Sound = len(sound)
	switch {
	case t.Sound == 0:
		t.Statement = "no run gave a sound recovery time"
	case t.Worst.High == nil:
		t.Statement = fmt.Sprintf("a run did not recover while it was looked at; more than %.3f s, and no upper bound", t.Worst.Low)
	default:
		t.Coverage = Coverage(t.Sound)
		t.Statement = fmt.Sprintf("at most %.3f s, the largest of %d: covers at least %s of runs at 95 %% confidence", *t.Worst.High, t.Sound, below(t.Coverage))
	}
	if left := len(points) - t.Sound; left > 0 {
		t.Statement += fmt.Sprintf("; %s gave no sound value", runs(left))
	}
	if t.Sound >= fewest {
		t.Median = median(sound)
	}
	return t
}

// median encloses the median of times that are themselves intervals: the
// median of the lower ends, rounded down, and that of the upper ends, rounded
// up.
func median(all []*record.Interval) *record.Interval {
	byLow, byHigh := slices.Clone(all), slices.Clone(all)
	slices.SortStableFunc(byLow, func(a, b *record.Interval) int { return cmp.Compare(a.Low, b.Low) })
	slices.SortStableFunc(byHigh, func(a, b *record.Interval) int {
		switch {
		case a.High == nil || b.High == nil:
			return cmp.Compare(bit(a.High == nil), bit(b.High == nil))
		}
		return cmp.Compare(*a.High, *b.High)
	})
	return &record.Interval{Low: byLow[(len(all)-1)/2].Low, High: byHigh[len(all)/2].High}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
