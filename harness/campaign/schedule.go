package campaign

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Stage says what the system is in when a fault comes.
type Stage string

const (
	Steady     Stage = "steady"     // nothing else is broken
	InFlight   Stage = "in-flight"  // nothing else is broken, and a message has no answer yet
	Broken     Stage = "broken"     // another fault is in effect
	Recovering Stage = "recovering" // another fault was just taken back
)

// Stages are all of them, in the order of reports.
var Stages = []Stage{Steady, InFlight, Broken, Recovering}

// Entry is one fault of a schedule.
type Entry struct {
	ID    string        `json:"id"`
	Fault string        `json:"fault"`
	On    []string      `json:"on"`
	With  []string      `json:"with,omitempty"` // parameters, "key=value"
	At    time.Duration `json:"at"`             // since the end of the baseline, if After and When are empty
	After string        `json:"after,omitempty"`
	When  string        `json:"when,omitempty"`
	For   time.Duration `json:"for,omitempty"` // 0: it is over by itself
	Role  string        `json:"role"`          // of what it is aimed at
	Stage Stage         `json:"stage"`
}

// String says the entry in one line: "node.crash on mx1 for 4s".
func (e Entry) String() string {
	text := e.Fault + " on " + strings.Join(e.On, ", ")
	if len(e.With) > 0 {
		text += " (" + strings.Join(e.With, ", ") + ")"
	}
	switch {
	case e.After != "":
		text += " after " + e.After
	case e.When != "":
		text += " when " + e.When
	case e.At > 0:
		text += fmt.Sprintf(" at %v", e.At)
	}
	if e.For > 0 {
		text += fmt.Sprintf(" for %v", e.For)
	}
	return text
}

// aim is what is broken and where, whenever it is: two entries with the same one
// are the same fault.
func (e Entry) aim() string {
	return e.Fault + " " + strings.Join(e.On, ",") + " " + strings.Join(e.With, ",")
}

// Schedule is a number of faults with their times. N is its place in the
// campaign, from 1.
type Schedule struct {
	N       int     `json:"n"`
	Entries []Entry `json:"entries"`
}

// perFamily is how many numbers each family has, so that one that is cut short
// moves no numbers of the next.
const perFamily = 1_000_000

// Label is the number as people see it: s3 is a single fault, p3 a pair, m3 has
// more.
func (s Schedule) Label() string {
	return fmt.Sprintf("%c%d", "spm"[min(2, max(0, s.N)/perFamily)], s.N%perFamily)
}

// String says the schedule in one line.
func (s Schedule) String() string {
	var parts []string
	for _, e := range s.Entries {
		parts = append(parts, e.String())
	}
	return strings.Join(parts, "; ")
}

// Span is how long the faults take, from the end of the baseline to the last
// revert, as far as it is known before.
func (s Schedule) Span() time.Duration {
	var last time.Duration
	ends := map[string]time.Duration{}
	for _, e := range s.Entries {
		end := e.At + e.For
		if e.After != "" {
			end = ends[e.After] + e.For
		}
		ends[e.ID] = end
		last = max(last, end)
	}
	return last
}

// contains tells whether the schedule has all faults of another one, whatever
// their times.
func (s Schedule) contains(other Schedule) bool {
	for _, e := range other.Entries {
		if !slices.ContainsFunc(s.Entries, func(mine Entry) bool { return mine.aim() == e.aim() }) {
			return false
		}
	}
	return true
}

// with gives a copy with other entries. Who waited for one that is gone begins
// at once.
func (s Schedule) with(entries []Entry) Schedule {
	kept := slices.Clone(entries)
	for i, e := range kept {
		here := slices.ContainsFunc(kept, func(o Entry) bool { return o.ID == e.After })
		if e.After != "" && !here {
			kept[i].After, kept[i].At = "", 0
		}
	}
	return Schedule{N: s.N, Entries: kept}
}
