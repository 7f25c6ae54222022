package suite

import (
	"cmp"
	"encoding/json"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Schema is the value of Suite.Schema.
const Schema = "maildrill/suite/v1"

// Suite is suite.json.
type Suite struct {
	Schema  string   `json:"schema"` // always [Schema]
	ID      string   `json:"id"`
	Title   string   `json:"title"` // "suite smoke, shard 2/5"
	Suites  []string `json:"suites"`
	Shard   string   `json:"shard,omitempty"` // "2/5"
	Runtime string   `json:"runtime"`
	Jobs    string   `json:"jobs"`    // at the same time, at most: "2", "auto"
	Started string   `json:"started"` // RFC 3339
	Ended   string   `json:"ended"`
	Seconds float64  `json:"seconds"`
	// Images is how much of it went into server images that were not there.
	Images float64 `json:"images_seconds"`
	// Declared: each run must end as its scenario declares. Else by its verdict.
	Declared  bool   `json:"declared"`
	ExitCode  int    `json:"exit_code"`
	Good      int    `json:"good"` // runs that ended as they should
	Bad       int    `json:"bad"`
	Statement string `json:"statement,omitempty"` // what so many runs support
	Runs      []Run  `json:"runs"`
}

// Run is one row.
type Run struct {
	Run      string `json:"run"` // its folder; empty: it never began
	Page     string `json:"page,omitempty"`
	Scenario string `json:"scenario"`
	Title    string `json:"title,omitempty"`
	Trial    int    `json:"trial"`
	// Outcome is the verdict, "dirty", "no record" or "not run".
	Outcome   string `json:"outcome"`
	Simulated bool   `json:"simulated,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// Expected is how the scenario declares that it ends, AsDeclared whether it
	// did; "" and false if it declares nothing.
	Expected   string   `json:"expected,omitempty"`
	AsDeclared bool     `json:"as_declared"`
	Good       bool     `json:"good"`   // ended as it should
	Missed     []string `json:"missed"` // objectives that were not met
	// Recovery is the longest time of a recovery objective, of the service
	// Slowest; nil: none was measured.
	Recovery *record.Interval `json:"recovery"`
	Slowest  string           `json:"slowest,omitempty"`
	Clock    string           `json:"clock,omitempty"`
	Accepted int              `json:"accepted"`
	Lost     int              `json:"lost"`
	Unknown  int              `json:"unknown"`
	Seconds  float64          `json:"seconds"`
	ExitCode int              `json:"exit_code"`
}

// Made is a run as it was made, or was to be made.
type Made struct {
	Run, Page       string
	Scenario, Title string
	Trial           int
	Record          *record.Record // nil: there is none
	Seconds         float64
	ExitCode        int
}

// Outcomes that no record has.
const (
	Dirty    = "dirty"
	NoRecord = "no record"
	NotRun   = "not run"
)

// Of fills the rows and counts them. All but Runs, Good and Bad is taken as it
// is given.
func Of(s Suite, made []Made) Suite {
	s.Schema, s.Runs, s.Good, s.Bad = Schema, []Run{}, 0, 0
	for _, m := range made {
		r := row(m)
		r.Good = r.Outcome == string(record.Passed)
		if s.Declared {
			r.Good = r.AsDeclared && r.Outcome != Dirty
		}
		if r.Good {
			s.Good++
		} else {
			s.Bad++
		}
		s.Runs = append(s.Runs, r)
	}
	return s
}

func row(m Made) Run {
	r := Run{Run: m.Run, Page: m.Page, Scenario: m.Scenario, Title: m.Title, Trial: m.Trial, Outcome: NoRecord,
		Missed: []string{}, Seconds: m.Seconds, ExitCode: m.ExitCode}
	switch rec := m.Record; {
	case rec != nil:
		r.fill(*rec)
	case m.Run == "" && m.Seconds == 0:
		r.Outcome = NotRun
	}
	return r
}

func (r *Run) fill(rec record.Record) {
	r.Outcome, r.Reason, r.Simulated, r.Clock = words.Verdict(rec.Verdict), rec.Reason, rec.Simulated, rec.Clock
	if rec.Dirty {
		r.Outcome = Dirty
	}
	if e := rec.Expect; e != nil {
		r.AsDeclared = e.Met
		r.Expected = words.Verdict(e.Verdict)
		if len(e.Objectives) > 0 {
			r.Expected += " (" + strings.Join(e.Objectives, ", ") + ")"
		}
	}
	for _, o := range rec.Objectives {
		if o.Verdict != record.Passed {
			r.Missed = append(r.Missed, o.Name)
		}
	}
	if o, ok := words.Slowest(rec.Objectives); ok {
		r.Recovery, r.Slowest = o.Measured, strings.TrimPrefix(o.Name, "rto.")
	}
	a := rec.Accounting
	r.Accepted, r.Lost, r.Unknown = a.Accepted, a.Lost, a.Unknown
}

// Marshal gives the bytes of suite.json.
func Marshal(s Suite) ([]byte, error) {
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}

// name is how a row is called; a second trial says so.
func (r Run) name() string {
	return words.Name(record.Record{Scenario: record.Scenario{Name: cmp.Or(r.Scenario, "unnamed")}, Run: record.Run{Trial: r.Trial}})
}
