package record

import (
	"encoding/json"
	"fmt"
)

// SeriesSchema is the value of Series.Schema.
const SeriesSchema = "maildrill/series/v1"

// Series is <series-id>.series.json: the trials of one scenario, in the order
// in which they were made. Every one is in it, whatever became of it.
type Series struct {
	Schema     string         `json:"schema"` // always [SeriesSchema]
	ID         string         `json:"id"`
	Scenario   Scenario       `json:"scenario"`
	Runtime    string         `json:"runtime"`
	Simulated  bool           `json:"simulated"`
	Clock      string         `json:"clock"`
	Rule       Rule           `json:"rule"`
	Verdict    Verdict        `json:"verdict"`
	Reason     string         `json:"reason,omitempty"`
	ExitCode   int            `json:"exit_code"` // of the whole series
	Dirty      bool           `json:"dirty"`
	Ended      string         `json:"ended,omitempty"` // why fewer trials were made than declared
	Confidence Confidence     `json:"confidence"`
	Trials     []Trial        `json:"trials"`
	Recoveries []RecoveryTime `json:"recoveries"` // one a recovery objective, in their order
}

// Rule is what was declared before the first trial.
type Rule struct {
	N      int    `json:"n"`
	Stop   string `json:"stop"`   // "first_fail" or "none"
	Reruns int    `json:"reruns"` // of inconclusive trials, at most, in all
}

// Trial is one run of a series.
type Trial struct {
	Trial int `json:"trial"` // counts from 1, re-runs included
	// RerunOf is the declared trial that this one was made in place of; 0: it is
	// one of those declared. Replaced tells that this trial was inconclusive, and
	// another was made in its place: it stays counted and shown.
	RerunOf    int         `json:"rerun_of,omitempty"`
	Replaced   bool        `json:"replaced,omitempty"`
	Run        string      `json:"run"`
	Seed       int64       `json:"seed"`
	Verdict    Verdict     `json:"verdict"`
	Reason     string      `json:"reason,omitempty"`
	Dirty      bool        `json:"dirty,omitempty"`
	ExitCode   int         `json:"exit_code"`
	Accepted   int         `json:"accepted"`
	Lost       int         `json:"lost"`
	Unknown    int         `json:"unknown"`
	Objectives []Objective `json:"objectives"`
}

// RecoveryTime is what the trials say about one recovery objective.
type RecoveryTime struct {
	Objective string  `json:"objective"` // "rto.mx"
	Points    []Point `json:"points"`    // every trial's, in order
	// Worst is the largest of the sound points, nil if there is none. Its upper
	// end covers the share Coverage of all runs, at 95 % confidence (an upper
	// tolerance bound without any assumption on the distribution). High nil: a
	// run did not recover while it was looked at, and there is no bound.
	Worst    *Interval `json:"worst"`
	Sound    int       `json:"sound"`
	Coverage float64   `json:"coverage"`
	// Median is printed from 20 sound points on, nil below: fewer say nothing.
	Median    *Interval `json:"median,omitempty"`
	Statement string    `json:"statement"`
}

// Point is one trial's recovery time. A point that is not sound is shown and
// not counted: Note says what is wrong with it.
type Point struct {
	Trial    int       `json:"trial"`
	Measured *Interval `json:"measured"`
	Sound    bool      `json:"sound"`
	Note     string    `json:"note,omitempty"`
}

// MarshalSeries writes a series as [Marshal] writes a record.
func MarshalSeries(s Series) ([]byte, error) {
	s.Scenario = filled(Record{Scenario: s.Scenario}).Scenario
	s.Recoveries = list(s.Recoveries)
	s.Trials = append([]Trial{}, s.Trials...)
	for i := range s.Trials {
		s.Trials[i].Objectives = list(s.Trials[i].Objectives)
	}
	return marshal("series", s)
}

// UnmarshalSeries reads what [MarshalSeries] wrote.
func UnmarshalSeries(data []byte) (Series, error) {
	var s Series
	if err := json.Unmarshal(data, &s); err != nil {
		return Series{}, fmt.Errorf("read series: %w", err)
	}
	if s.Schema != SeriesSchema {
		return Series{}, fmt.Errorf("read series: schema is %q, not %q", s.Schema, SeriesSchema)
	}
	return s, nil
}
