package history

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"maildrill/harness/record"
)

// Of keeps of a record what history needs. Stamp is the time of the folder, for
// want of a better one.
func Of(folder string, r record.Record, stamp time.Time) Run {
	outcome, known := outcomeOf(r)
	if !known {
		return Without(folder, Unreadable, fmt.Sprintf("record.json: %q is no verdict", r.Verdict), stamp)
	}
	run := Run{
		Folder: folder, Outcome: outcome, ID: r.Run.ID, Runtime: r.Run.Runtime, Clock: r.Clock, Simulated: r.Simulated || r.Run.Runtime == "embedded",
		Verdict: r.Verdict, Reason: r.Reason, Dirty: r.Dirty, ExitCode: record.ExitCode(r),
		Seed: r.Run.Seed, Trial: r.Run.Trial, Trials: r.Run.Trials, Series: r.Run.Series, Tool: r.Run.Tool, Scenario: r.Scenario,
		Accepted: r.Accounting.Accepted, Lost: r.Accounting.Lost, Unknown: r.Accounting.Unknown,
		Objectives: r.Objectives, Faults: faultsOf(r), Outages: outagesOf(r), FailedGates: failedGates(r),
		Environment: r.Environment, Tuned: r.Tuned,
	}
	if r.Expect != nil {
		run.Expected = &r.Expect.Met
	}
	run.Ended, _ = moment(r.Run.Ended)
	run.Started, run.StartedBy = started(folder, r.Run.Started, stamp)
	if r.Run.ID != folder {
		run.Problem = fmt.Sprintf("the record is of run %q", r.Run.ID)
	}
	return run
}

// Without is a run of which there is no readable record.
func Without(folder string, o Outcome, problem string, stamp time.Time) Run {
	run := Run{Folder: folder, Outcome: o, Problem: problem, ExitCode: record.ExitDefect}
	run.Started, run.StartedBy = started(folder, "", stamp)
	if m := runID.FindStringSubmatch(folder); m != nil {
		run.Scenario.Name = m[2]
	}
	return run
}

// runID is the form of the ids that maildrill gives: date, time, scenario, tail.
var runID = regexp.MustCompile(`^(\d{8}-\d{6})-(.+)-[0-9a-f]{4}$`)

// Folders beside the run folders that hold what several drills say together.
const (
	Suites = "suites"
	Sweeps = "sweeps"
	// Programme is where a scheduler remembers.
	Programme = "programme"
)

// IsRunID tells whether a folder has the name that maildrill gives to runs.
func IsRunID(folder string) bool { return runID.MatchString(folder) }

func started(folder, said string, stamp time.Time) (time.Time, string) {
	if at, ok := moment(said); ok {
		return at, ByRecord
	}
	if m := runID.FindStringSubmatch(folder); m != nil {
		if at, err := time.Parse("20060102-150405", m[1]); err == nil {
			return at, ByName
		}
	}
	return stamp.UTC().Truncate(time.Microsecond), ByStamp
}

// moment reads a time of a record. Years of other than four digits would not
// sort by their text.
func moment(said string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339Nano, said)
	at = at.UTC().Truncate(time.Microsecond)
	if err != nil || at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}, false
	}
	return at, true
}

func faultsOf(r record.Record) []Fault {
	var all []Fault
	for _, f := range r.Faults {
		all = append(all, Fault{Step: f.Step, Kind: f.Kind, Targets: f.Targets, State: f.State})
	}
	return all
}

// outagesOf lists the outages by service, each service's in their order.
func outagesOf(r record.Record) []Outage {
	var all []Outage
	for _, name := range slices.Sorted(maps.Keys(r.Services)) {
		for _, o := range r.Services[name].Outages {
			all = append(all, Outage{Service: name, Step: o.Step, Began: o.Began, RTA: o.RTA})
		}
	}
	return all
}

func failedGates(r record.Record) []string {
	var names []string
	for _, g := range r.Gates {
		if !g.Passed {
			names = append(names, g.Name)
		}
	}
	return names
}
