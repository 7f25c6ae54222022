package console

import (
	"context"
	"slices"
	"time"

	"maildrill/harness/exercise"
)

// Board is an exercise as the console sees it. Its methods may be called at the
// same time.
type Board interface {
	// View is the exercise as it stands now.
	View() (exercise.Record, []exercise.Event, error)
	// Live is nil while no drill runs.
	Live() (*exercise.Live, error)
	// Changed returns nil when there are more events than since, or when what is
	// live moved since the call before.
	Changed(ctx context.Context, since int) error
	// Do appends an event. Its error is shown to the person who asked.
	Do(who exercise.Actor, kind string, data any) error
}

// Shelf is what there is of earlier exercises, and of the programme.
type Shelf interface {
	Exercises() ([]exercise.Record, error) // newest first
	Programme() ([]Row, error)
	Trends() ([]Trend, error)
	// Report gives the after-action report of an exercise as html, pdf, md or json.
	Report(id, format string) ([]byte, error)
}

// Row of the programme is a requirement or a service, with a cell for each item
// that it asks for.
type Row struct {
	Name  string
	Title string
	Cells []Cell
}

// Cell is one item: how old the last passing evidence is.
type Cell struct {
	Column string // items of the same column stand below each other
	Age    Age
	Last   *time.Time // passing evidence; nil: never
	Due    *time.Time
	Run    string
}

// Age of evidence.
type Age string

// Ages.
const (
	Fresh   Age = "FRESH"
	Due     Age = "DUE"
	Stale   Age = "STALE"
	Overdue Age = "OVERDUE"
	Never   Age = "NEVER"
)

var ages = []Age{Fresh, Due, Stale, Overdue, Never}

// known takes an age that nobody knows for no evidence.
func (a Age) known() Age {
	if slices.Contains(ages, a) {
		return a
	}
	return Never
}

// Trend is one objective over the runs, oldest first.
type Trend struct {
	Name   string
	Unit   string
	Target *float64
	Points []Point
	Note   string // of a regression, or why nothing can be said
}

// Point is one run. Value nil: it gave none.
type Point struct {
	At      time.Time
	Run     string
	Value   *float64
	Verdict string
}
