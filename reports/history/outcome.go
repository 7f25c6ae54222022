package history

import (
	"slices"

	"maildrill/harness/record"
)

// Outcome is what became of a run, in one word: its verdict, unless there is
// something worse to say.
type Outcome string

// Outcomes.
const (
	Passed       = Outcome(record.Passed)
	Failed       = Outcome(record.Failed)
	Inconclusive = Outcome(record.Inconclusive)
	Aborted      = Outcome(record.Aborted)
	Error        = Outcome(record.Error)
	Dirty        = Outcome("dirty")      // whatever the verdict
	NoRecord     = Outcome("no record")  // killed, or not over yet
	Unreadable   = Outcome("unreadable") // there is a record.json, and it is none
)

// Outcomes lists all of them, in the order in which they are told.
var Outcomes = []Outcome{Passed, Failed, Inconclusive, Aborted, Error, Dirty, NoRecord, Unreadable}

// outcomeOf is the outcome of a record. A verdict that nobody knows is no
// outcome: such a record cannot be read.
func outcomeOf(r record.Record) (Outcome, bool) {
	if r.Dirty {
		return Dirty, true
	}
	o := Outcome(r.Verdict)
	return o, slices.Contains(Outcomes[:5], o)
}
