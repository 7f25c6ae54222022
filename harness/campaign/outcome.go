package campaign

import (
	"context"
	"slices"
	"strings"
	"time"

	"maildrill/harness/planning"
	"maildrill/harness/record"
)

// Runner plays drills. It is called from several goroutines if there are several
// jobs.
type Runner interface {
	// Run plays one drill. When ctx ends, it reverts, takes everything down and
	// returns. The error is about what kept it from a record.
	Run(ctx context.Context, t Trial) (Outcome, error)
}

// Trial is one drill that is to be run.
type Trial struct {
	Schedule Schedule
	Plan     *planning.Plan
	Seed     int64
}

// Outcome is what one drill showed.
type Outcome struct {
	Verdict record.Verdict `json:"verdict"`
	Reason  string         `json:"reason,omitempty"`
	Missed  []string       `json:"missed,omitempty"` // objectives
	Proven  []string       `json:"proven,omitempty"` // entries whose fault was proven
	Run     string         `json:"run,omitempty"`
	Dirty   bool           `json:"dirty,omitempty"`
	Took    time.Duration  `json:"took"`
}

// OutcomeOf reads the outcome from a record.
func OutcomeOf(r record.Record, took time.Duration) Outcome {
	o := Outcome{Verdict: r.Verdict, Reason: r.Reason, Run: r.Run.ID, Dirty: r.Dirty, Took: took}
	for _, x := range r.Objectives {
		if x.Verdict == record.Failed {
			o.Missed = append(o.Missed, x.Name)
		}
	}
	for _, f := range r.Faults {
		if f.State == "proven" {
			o.Proven = append(o.Proven, f.Step)
		}
	}
	return o
}

// Brief is the first of the reasons.
func (o Outcome) Brief() string {
	first, _, more := strings.Cut(o.Reason, "; ")
	if more {
		first += "; ..."
	}
	return strings.ReplaceAll(first, "\n", " ")
}

// conclusive tells whether the drill says something about the system.
func (o Outcome) conclusive() bool { return o.Verdict == record.Passed || o.Verdict == record.Failed }

// gravest is the order of anomaly classes; those that are not here come after.
var gravest = []string{"loss", "damaged", "misdelivered", "duplicates", "stored", "identity"}

// class is the gravest objective that was missed, "" if none was. A smaller
// schedule has to fail in the same class: else the search would slip from one
// defect to another.
func (o Outcome) class() string {
	if o.Verdict != record.Failed || len(o.Missed) == 0 {
		return ""
	}
	for _, name := range gravest {
		if slices.Contains(o.Missed, name) {
			return name
		}
	}
	return o.Missed[0]
}

// in tells whether the outcome is of an anomaly class.
func (o Outcome) in(class string) bool {
	return o.Verdict == record.Failed && slices.Contains(o.Missed, class)
}
