package period

import (
	"slices"
	"time"

	"maildrill/reports/history"
)

// Register is what the register of runs says, into which every run is entered
// before it begins.
type Register struct {
	Origin string `json:"origin"`
	Where  string `json:"where,omitempty"`
	Size   int64  `json:"size"` // leaves: a run has one for its start, one for its end
	Root   string `json:"root"`
	// Runs of the period: Open were never closed, Missing have no folder here,
	// Unentered have one, ran on real servers, and are not in the register.
	Open      []string `json:"open"`
	Missing   []string `json:"missing"`
	Unentered []string `json:"unentered"`
}

// Entry is one run of a register.
type Entry struct {
	Run     string
	Started time.Time
	Closed  bool
}

// Match compares the entries of a register with the run folders: all of them,
// not only those of the period.
func (g *Register) Match(entries []Entry, folders []history.Run, span Span) {
	g.Open, g.Missing, g.Unentered = []string{}, []string{}, []string{}
	here, entered := map[string]bool{}, map[string]bool{}
	for _, r := range folders {
		here[r.Folder], here[r.ID] = true, true
	}
	for _, e := range entries {
		entered[e.Run] = true
		if !span.Contains(e.Started) {
			continue
		}
		if !e.Closed {
			g.Open = append(g.Open, e.Run)
		}
		if !here[e.Run] {
			g.Missing = append(g.Missing, e.Run)
		}
	}
	for _, r := range slices.SortedFunc(slices.Values(folders), history.ByTime) {
		if real := !r.Simulated && r.CopyOf == ""; real && span.Contains(r.Started) && !entered[r.ID] && !entered[r.Folder] {
			g.Unentered = append(g.Unentered, r.Folder)
		}
	}
}
