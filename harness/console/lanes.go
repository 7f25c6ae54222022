package console

import (
	"maps"
	"slices"
	"time"

	"maildrill/harness/exercise"
)

// target is the recovery time of one service, and how much is left of it.
type target struct {
	Service string
	Seconds float64
	State   string  // as of its lane
	Left    *ticker // nil: the service is not down
}

// Over tells whether the time is used up.
func (t target) Over() bool { return t.Left != nil && !t.Left.At.After(t.Left.now) }

func (v view) targets() (all []target) {
	for _, service := range slices.Sorted(maps.Keys(v.Live.Targets)) {
		t := target{Service: service, Seconds: v.Live.Targets[service], State: "none"}
		for _, l := range v.Live.Lanes {
			if l.Service != service {
				continue
			}
			t.State = state(l.Cells)
			if l.DownSince != nil {
				t.State = "down"
				t.Left = &ticker{At: l.DownSince.Add(seconds(t.Seconds)), Down: true, Still: v.Ended, now: v.Now}
			}
		}
		all = append(all, t)
	}
	return all
}

// lane is a service as a picture of runs of equal cells.
type lane struct {
	Service string
	State   string
	Width   int
	From    time.Time
	Runs    []run
}

type run struct {
	State       string
	X, Width    int
	Top, Height int // not by colour alone: what is worse is taller
}

// Cells of a lane: the last five minutes, which a phone can show.
const mostCells = 300

const laneHeight = 24

func lanes(l *exercise.Live) (all []lane) {
	for _, from := range l.Lanes {
		cells, begin := from.Cells, from.From
		if over := len(cells) - mostCells; over > 0 {
			cells, begin = cells[over:], begin.Add(time.Duration(over)*time.Second)
		}
		one := lane{Service: from.Service, State: state(cells), Width: mostCells, From: begin, Runs: runs(cells)}
		if from.DownSince != nil {
			one.State = "down"
		}
		all = append(all, one)
	}
	return all
}

// runs are drawn flush right: now is at the right edge.
func runs(cells []string) (all []run) {
	left := mostCells - len(cells)
	for i, cell := range cells {
		cell = known(cell)
		if n := len(all); n > 0 && all[n-1].State == cell {
			all[n-1].Width++
			continue
		}
		height := map[string]int{"up": 6, "degraded": 14, "down": laneHeight, "none": 2}[cell]
		all = append(all, run{State: cell, X: left + i, Width: 1, Top: laneHeight - height, Height: height})
	}
	return all
}

// known takes what nobody knows for no data.
func known(cell string) string {
	switch cell {
	case "up", "degraded", "down":
		return cell
	}
	return "none"
}

func state(cells []string) string {
	if len(cells) == 0 {
		return "none"
	}
	return known(cells[len(cells)-1])
}
