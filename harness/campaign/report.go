package campaign

import (
	"cmp"
	"slices"
	"time"

	"maildrill/harness/record"
)

// How a campaign ended.
const (
	EndBudget      = "the budget is used up"
	EndComplete    = "everything was tried"
	EndInterrupted = "it was interrupted"
	EndFound       = "as many findings as were asked for"
	EndDirty       = "a drill left something behind, and the next would not have started clean"
	EndError       = "a drill could not be run"
)

// How far a finding was made smaller.
const (
	Minimal       = "minimal"
	CutByBudget   = "not as small as it can be: no time or no drills were left"
	NotReproduced = "not seen again"
	NotShrunk     = "not made smaller: there are enough findings"
)

// Tried is one schedule with what it showed at first.
type Tried struct {
	Family   string   `json:"family"`
	Schedule Schedule `json:"schedule"`
	Outcome  Outcome  `json:"outcome"`
}

// Finding is a schedule that the system does not survive.
type Finding struct {
	N       int      `json:"n"`
	Class   string   `json:"class"` // the objective that it misses
	Missed  []string `json:"missed"`
	First   Schedule `json:"first"` // as it was found
	Minimal Schedule `json:"minimal"`
	Rate    Rate     `json:"rate"`   // of the minimal one, in runs made for that alone
	Trials  int      `json:"trials"` // drills that it took
	State   string   `json:"state"`
	File    string   `json:"file,omitempty"`
	Runs    []string `json:"runs,omitempty"`     // of the minimal one that failed
	Also    []int    `json:"also_in,omitempty"`  // schedules that led to the same
	Source  string   `json:"scenario,omitempty"` // the minimal scenario file
}

// same tells whether two findings are one: the same faults, the same class.
func (f Finding) same(o Finding) bool {
	return f.Class == o.Class && f.Minimal.contains(o.Minimal) && o.Minimal.contains(f.Minimal)
}

// explains tells whether a schedule has to fail because of the finding. One that
// was not seen again explains nothing.
func (f Finding) explains(s Schedule) bool {
	return f.State != NotReproduced && f.State != NotShrunk && s.contains(f.Minimal)
}

// Count is how the schedules of one family ended.
type Count struct {
	Family       string `json:"family"`
	Tried        int    `json:"tried"`
	Failed       int    `json:"failed"`
	Inconclusive int    `json:"inconclusive"`
	Explained    int    `json:"explained"` // not run, because they contain a finding
}

// Cell counts the drills in which a fault was proven on a role at a stage; Planned
// are those in which it was to be.
type Cell struct {
	Fault   string `json:"fault"`
	Role    string `json:"role"`
	Stage   Stage  `json:"stage"`
	Planned int    `json:"planned"`
	Proven  int    `json:"proven"`
}

// Report is what a campaign did and found.
type Report struct {
	Scenario  string        `json:"scenario"`
	Topology  string        `json:"topology"`
	Runtime   string        `json:"runtime"`
	Simulated bool          `json:"simulated"`
	Mode      Mode          `json:"mode"`
	Seed      uint64        `json:"seed"`
	Budget    time.Duration `json:"budget"`
	Took      time.Duration `json:"took"`
	Ended     string        `json:"ended"`
	Trials    int           `json:"trials"` // drills in all
	Reruns    int           `json:"reruns"` // of these, in place of some without a conclusion
	Places    int           `json:"places"`
	Counts    []Count       `json:"counts"`
	Findings  []*Finding    `json:"findings"`
	Open      []Tried       `json:"inconclusive,omitempty"`
	Coverage  []Cell        `json:"coverage"`
	LeftOut   []LeftOut     `json:"left_out,omitempty"`
}

// ExitCode is that of the process: findings are missed objectives, and a campaign
// without any conclusive drill has shown nothing.
func (r Report) ExitCode() int {
	conclusive := 0
	for _, c := range r.Counts {
		conclusive += c.Tried - c.Inconclusive
	}
	switch {
	case r.Ended == EndDirty:
		return record.ExitDirty
	case r.Ended == EndInterrupted:
		return record.ExitAborted
	case len(r.Findings) > 0:
		return record.ExitFailed
	case conclusive == 0:
		return record.ExitInconclusive
	}
	return record.ExitPassed
}

// counted gives the count of a family, made if there is none.
func (r *Report) counted(family string) *Count {
	i := slices.IndexFunc(r.Counts, func(c Count) bool { return c.Family == family })
	if i < 0 {
		i = len(r.Counts)
		r.Counts = append(r.Counts, Count{Family: family})
	}
	return &r.Counts[i]
}

// add notes a schedule that was run for the first time.
func (r *Report) add(t Tried) {
	c := r.counted(t.Family)
	c.Tried++
	switch {
	case t.Outcome.class() != "":
		c.Failed++
	case t.Outcome.Verdict != record.Passed:
		c.Inconclusive++
		r.Open = append(r.Open, t)
	}
	for _, e := range t.Schedule.Entries {
		r.cover(e, slices.Contains(t.Outcome.Proven, e.ID))
	}
}

func (r *Report) cover(e Entry, proven bool) {
	i := slices.IndexFunc(r.Coverage, func(c Cell) bool { return c.Fault == e.Fault && c.Role == e.Role && c.Stage == e.Stage })
	if i < 0 {
		i = len(r.Coverage)
		r.Coverage = append(r.Coverage, Cell{Fault: e.Fault, Role: e.Role, Stage: e.Stage})
	}
	r.Coverage[i].Planned++
	if proven {
		r.Coverage[i].Proven++
	}
}

// sort puts the report into an order that does not depend on who was faster.
func (r *Report) sort() {
	slices.SortFunc(r.Coverage, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Fault, b.Fault), cmp.Compare(a.Role, b.Role),
			slices.Index(Stages, a.Stage)-slices.Index(Stages, b.Stage))
	})
	slices.SortFunc(r.Open, func(a, b Tried) int { return a.Schedule.N - b.Schedule.N })
	slices.SortFunc(r.Counts, func(a, b Count) int {
		return slices.Index(families, a.Family) - slices.Index(families, b.Family)
	})
	slices.SortFunc(r.Findings, func(a, b *Finding) int { return a.First.N - b.First.N })
	for i, f := range r.Findings {
		slices.Sort(f.Also)
		f.N = i + 1
	}
}
