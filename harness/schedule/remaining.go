package schedule

import (
	"slices"
	"time"
)

// Piece is work with the time that it is expected to take.
type Piece struct {
	Time   time.Duration
	Weight Weight
}

// Progress is how far a suite has come.
type Progress struct {
	// Took is the time of the drills that are over, Planned what was expected of
	// the same.
	Took, Planned time.Duration
	Going         []Piece // what is left of those that run
	Waiting       []Piece // those that have not begun
}

// Remaining estimates how long the rest takes: it plays the schedule with the
// times that are expected, corrected by how much longer or shorter the drills
// that are over took.
func (h Host) Remaining(p Progress) time.Duration {
	pace := 1.0
	if p.Took > 0 && p.Planned > 0 {
		pace = float64(p.Took) / float64(p.Planned)
	}
	going, waiting := slices.Clone(p.Going), slices.Clone(p.Waiting)
	now := time.Duration(0)
	for len(going)+len(waiting) > 0 {
		if i := h.Next(weights(waiting), weights(going)); i >= 0 {
			w := waiting[i]
			w.Time += now // from here on: when it is over
			going, waiting = append(going, w), slices.Delete(waiting, i, i+1)
			continue
		}
		i := soonest(going)
		now = max(now, going[i].Time)
		going = slices.Delete(going, i, i+1)
	}
	return time.Duration(float64(now) * pace)
}

func weights(pieces []Piece) []Weight {
	all := make([]Weight, len(pieces))
	for i, p := range pieces {
		all[i] = p.Weight
	}
	return all
}

func soonest(pieces []Piece) int {
	first := 0
	for i, p := range pieces {
		if p.Time < pieces[first].Time {
			first = i
		}
	}
	return first
}
