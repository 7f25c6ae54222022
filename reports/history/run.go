package history

import (
	"slices"
	"time"

	"maildrill/harness/record"
)

// Run is what is kept of one run folder. Of a folder without a readable record
// only Folder, Outcome, Problem, Started and Scenario are known.
type Run struct {
	Folder  string  `json:"folder"` // its name in the folder of runs
	Outcome Outcome `json:"outcome"`
	// Problem says why there is no readable record, or what is odd about it.
	Problem string `json:"problem,omitempty"`
	// CopyOf is the folder that holds the same run; this one counts for nothing.
	CopyOf string `json:"copy_of,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of record.json

	// Started is in UTC, to the microsecond; StartedBy is what says so: the
	// record, the folder's name, or, for want of both, the folder's time stamp.
	Started   time.Time `json:"started"`
	StartedBy string    `json:"started_by"`
	Ended     time.Time `json:"ended,omitzero"` // zero: not known

	ID        string         `json:"id,omitempty"`
	Runtime   string         `json:"runtime,omitempty"`
	Clock     string         `json:"clock,omitempty"`
	Simulated bool           `json:"simulated"`
	Verdict   record.Verdict `json:"verdict,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Dirty     bool           `json:"dirty"`
	ExitCode  int            `json:"exit_code"`
	Seed      int64          `json:"seed"`
	Trial     int            `json:"trial,omitempty"`
	Trials    int            `json:"trials,omitempty"`
	Series    string         `json:"series,omitempty"`
	Tool      record.Tool    `json:"tool"`

	Scenario record.Scenario `json:"scenario"`
	// Expected is nil where the scenario declares no ending.
	Expected *bool `json:"expected,omitempty"`

	Accepted int `json:"accepted"`
	Lost     int `json:"lost"`
	Unknown  int `json:"unknown"`

	Objectives  []record.Objective `json:"objectives"`
	Faults      []Fault            `json:"faults"`
	Outages     []Outage           `json:"outages"`
	FailedGates []string           `json:"failed_gates"`
	Environment map[string]string  `json:"environment,omitempty"`
	Tuned       map[string]string  `json:"tuned,omitempty"`
}

// What says when a run started.
const (
	ByRecord = "record"
	ByName   = "name of the folder"
	ByStamp  = "time stamp of the folder"
)

// Fault is one step that was planned.
type Fault struct {
	Step    string   `json:"step"`
	Kind    string   `json:"kind"`
	Targets []string `json:"targets"`
	State   string   `json:"state"`
}

// Outage is one interruption of a service.
type Outage struct {
	Service string          `json:"service"`
	Step    string          `json:"step,omitempty"`
	Began   record.Interval `json:"began"`
	RTA     record.Interval `json:"rta"`
}

// HasRecord tells whether the folder holds a record that could be read.
func (r Run) HasRecord() bool { return r.Outcome != NoRecord && r.Outcome != Unreadable }

// Evidence tells whether the run proves anything about the requirements that
// its scenario names, and why not: it must have passed on real servers and left
// nothing behind, and ended as its scenario expects, where that says so. A twin
// that was made to fail is no evidence when it passes.
func (r Run) Evidence() (ok bool, why string) {
	switch {
	case r.Outcome != Passed:
		return false, string(r.Outcome)
	case r.Simulated:
		return false, "simulated"
	case r.Runtime == "":
		return false, "of no known runtime"
	case r.CopyOf != "":
		return false, "copied"
	case r.Expected != nil && !*r.Expected:
		return false, "did not end as its scenario expects"
	}
	return true, ""
}

// Objective finds what was measured of one objective.
func (r Run) Objective(name string) (record.Objective, bool) {
	i := slices.IndexFunc(r.Objectives, func(o record.Objective) bool { return o.Name == name })
	if i < 0 {
		return record.Objective{}, false
	}
	return r.Objectives[i], true
}
