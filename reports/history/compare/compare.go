package compare

import (
	"cmp"
	"fmt"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Comparison is what two runs, one before the other, have and have not in
// common.
type Comparison struct {
	Before  Side     `json:"before"`
	Now     Side     `json:"now"`
	Notices []string `json:"notices"` // what makes the comparison doubtful
	Deltas  []Delta  `json:"objectives"`
	Changes []Change `json:"changes"`
	// Lines are the lines in which the scenario files differ, as a unified diff;
	// empty: none, or a file is not at hand.
	Lines    string   `json:"lines,omitempty"`
	Timeline Timeline `json:"timeline"`
}

// Side is one of the runs.
type Side struct {
	Run       string         `json:"run"`
	Started   string         `json:"started"`
	Scenario  string         `json:"scenario"`
	Runtime   string         `json:"runtime"`
	Clock     string         `json:"clock"`
	Verdict   record.Verdict `json:"verdict"`
	Dirty     bool           `json:"dirty"`
	Simulated bool           `json:"simulated"`
	Lost      int            `json:"lost"`
	Accepted  int            `json:"accepted"`
}

// Of compares two records. Scenario files may be nil.
func Of(before, now record.Record, fileBefore, fileNow []byte) Comparison {
	c := Comparison{Before: sideOf(before), Now: sideOf(now), Notices: notices(before, now),
		Deltas: deltas(before, now), Changes: changes(before, now), Timeline: timeline(before, now)}
	var said string
	if c.Lines, said = lines(fileBefore, fileNow); said != "" {
		c.Notices = append(c.Notices, said)
	}
	return c
}

func sideOf(r record.Record) Side {
	return Side{Run: r.Run.ID, Started: r.Run.Started, Scenario: r.Scenario.Name, Runtime: r.Run.Runtime, Clock: r.Clock, Verdict: r.Verdict, Dirty: r.Dirty,
		Simulated: r.Simulated, Lost: r.Accounting.Lost, Accepted: r.Accounting.Accepted}
}

// notices tell what the runs must have in common, and have not.
func notices(a, b record.Record) []string {
	all := []string{}
	differ := func(what, x, y string) {
		if x != y {
			all = append(all, fmt.Sprintf("the runs are of different %s: %s and %s", what, cmp.Or(words.Plain(x), "none"), cmp.Or(words.Plain(y), "none")))
		}
	}
	differ("scenarios", a.Scenario.Name, b.Scenario.Name)
	differ("clocks", a.Clock, b.Clock)
	differ("runtimes", a.Run.Runtime, b.Run.Runtime)
	for _, r := range []record.Record{a, b} {
		run := words.Plain(r.Run.ID)
		if r.Simulated {
			all = append(all, run+" is SIMULATED: no real mail server ran")
		}
		if r.Dirty {
			all = append(all, run+" is DIRTY: its clean-up could not be proven")
		}
		if r.Verdict == record.Aborted || r.Verdict == record.Error {
			all = append(all, fmt.Sprintf("%s ended as %s: what it measured is not whole", run, words.Verdict(r.Verdict)))
		}
	}
	if a.Run.ID == b.Run.ID {
		all = append(all, "both are the same run")
	}
	return all
}
