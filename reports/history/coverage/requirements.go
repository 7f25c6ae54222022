package coverage

import (
	"slices"
	"time"

	"maildrill/reports/history"
	"maildrill/scenarios"
)

// Kinds of requirements.
const (
	Cause      = "cause"
	Mitigation = "counter-measure"
)

// States of a requirement.
const (
	Answered   = "answered"
	Pending    = "pending: exercise" // takes people or history beside a drill
	Unanswered = "NO SCENARIO"
)

// Requirement is one row: an id with the scenarios that name it.
type Requirement struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`
	State   string   `json:"state"`
	Answers []Answer `json:"scenarios"`
}

// Answer is one scenario with its last run on real servers, or one game day with
// the exercise that was last signed.
type Answer struct {
	Scenario string `json:"scenario"`
	GameDay  bool   `json:"gameday,omitempty"`
	Topology string `json:"topology,omitempty"`
	Expected string `json:"expected,omitempty"`
	Twin     string `json:"twin,omitempty"`
	Last     *Last  `json:"last"` // nil: never run on real servers
}

// Last is how a scenario last ended.
type Last struct {
	Run        string    `json:"run"`
	Outcome    string    `json:"outcome"`
	AsDeclared bool      `json:"as_declared"`
	Started    time.Time `json:"started"`
	// Other tells a run of another version of the scenario: its file, topology
	// or settings were different.
	Other bool `json:"other_version,omitempty"`
}

// Versions are the digests of the scenarios as they are now, by name. One that
// is not there is not compared.
type Versions map[string]string

// Exercise is a game day with what came of it when it was last led and signed.
type Exercise struct {
	Answer
	Requirements []string
}

// Requirements lists all ids, causes first, with the scenarios and the game days
// that name them.
func Requirements(library []scenarios.Entry, runs []history.Run, now Versions, days ...Exercise) []Requirement {
	last := lastRuns(runs, now)
	var rows []Requirement
	for _, id := range scenarios.Causes() {
		rows = append(rows, requirement(id, Cause, library, last, days))
	}
	for _, id := range scenarios.Mitigations() {
		rows = append(rows, requirement(id, Mitigation, library, last, days))
	}
	return rows
}

func requirement(id, kind string, library []scenarios.Entry, last map[string]*Last, days []Exercise) Requirement {
	r := Requirement{ID: id, Kind: kind, State: Unanswered, Answers: []Answer{}}
	for _, e := range library {
		if e.Kind != "Scenario" || !slices.Contains(e.Causes, id) && !slices.Contains(e.Mitigations, id) {
			continue
		}
		a := Answer{Scenario: e.Name, Topology: e.Topology, Twin: e.Twin, Last: last[e.Name]}
		if e.Expect != nil {
			a.Expected = e.Expect.Words()
		}
		r.Answers = append(r.Answers, a)
		r.State = Answered
	}
	if slices.Contains(scenarios.Exercised(), id) {
		r.State = Pending // a drill alone does not answer it
	}
	for _, d := range days {
		if slices.Contains(d.Requirements, id) {
			r.Answers = append(r.Answers, d.Answer)
			r.State = Answered
		}
	}
	return r
}

// lastRuns finds the newest run of each scenario that says something: on real
// servers, with a record, and no copy.
func lastRuns(runs []history.Run, now Versions) map[string]*Last {
	last := map[string]*Last{}
	for _, r := range runs {
		name := r.Scenario.Name
		if r.Simulated || r.CopyOf != "" || !r.HasRecord() || r.Runtime == "" {
			continue
		}
		if before := last[name]; before != nil && !r.Started.After(before.Started) {
			continue
		}
		version, known := now[name]
		last[name] = &Last{Run: r.Folder, Outcome: string(r.Outcome), Started: r.Started,
			AsDeclared: r.Expected != nil && *r.Expected && r.Outcome != history.Dirty, Other: known && version != r.Scenario.SHA256}
	}
	return last
}
