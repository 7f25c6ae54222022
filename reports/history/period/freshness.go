package period

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"maildrill/reports/history"
)

// State is how old evidence is.
type State string

// States, the best first.
const (
	Fresh State = "fresh"
	Due   State = "due"
	Stale State = "stale"
	Never State = "never"
)

// States lists all of them.
var States = []State{Fresh, Due, Stale, Never}

// dueFrom is the share of the interval from which on evidence is due.
const dueFrom = 0.8

// Intervals say how long evidence is good for.
type Intervals struct {
	Default time.Duration
	By      map[string]time.Duration // of single ids
}

// Of is the interval of one id.
func (i Intervals) Of(id string) time.Duration {
	if d, ok := i.By[id]; ok {
		return d
	}
	return i.Default
}

// Kind is what an id stands for.
type Kind string

// Kinds.
const (
	Cause      Kind = "cause"
	Mitigation Kind = "mitigation"
	Control    Kind = "control"
)

// Freshness is the evidence for one id.
type Freshness struct {
	Kind  Kind   `json:"kind"`
	ID    string `json:"id"`
	State State  `json:"state"`
	// Days is the interval, in days.
	Days float64 `json:"interval_days"`
	// Last is the newest evidence; nil: none. AgeDays is how old it is, Until
	// when it goes stale.
	Last    *Proof    `json:"last"`
	AgeDays float64   `json:"age_days,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Proofs  int       `json:"proofs"` // runs that are evidence
	// Others counts the runs that name the id and are no evidence, by why.
	Others map[string]int `json:"others,omitempty"`
	// Unlisted: a run names it, and no list of requirements or controls does.
	Unlisted bool `json:"unlisted,omitempty"`
}

// Proof is a run that is evidence.
type Proof struct {
	Folder   string    `json:"folder"`
	Scenario string    `json:"scenario"`
	Started  time.Time `json:"started"`
}

// namer gives the ids of one kind that a run names.
type namer func(history.Run) []string

// freshness works out the state of each id that is listed, and of each that a
// run names, as of a moment.
func freshness(kind Kind, ids []string, named namer, runs []history.Run, asOf time.Time, every Intervals) []Freshness {
	all := []Freshness{}
	at := map[string]int{}
	for _, id := range complete(ids, named, runs) {
		at[id] = len(all)
		all = append(all, Freshness{Kind: kind, ID: id, Days: days(every.Of(id)), Others: map[string]int{}, Unlisted: !slices.Contains(ids, id)})
	}
	for _, r := range runs {
		if !r.Started.Before(asOf) {
			continue
		}
		names := slices.Sorted(slices.Values(named(r)))
		for _, id := range slices.Compact(names) { // named twice, it is named
			all[at[id]].count(r)
		}
	}
	for i := range all {
		all[i].judge(asOf, every.Of(all[i].ID))
	}
	return all
}

// complete adds to a list the ids that runs name beside it.
func complete(ids []string, named namer, runs []history.Run) []string {
	beside := map[string]bool{}
	for _, r := range runs {
		for _, id := range named(r) {
			beside[id] = !slices.Contains(ids, id)
		}
	}
	all := slices.Clone(ids)
	for _, id := range slices.Sorted(maps.Keys(beside)) {
		if beside[id] {
			all = append(all, id)
		}
	}
	return all
}

// count takes a run that names the id into account.
func (f *Freshness) count(r history.Run) {
	ok, why := r.Evidence()
	if !ok {
		f.Others[why]++
		return
	}
	f.Proofs++
	if f.Last == nil || r.Started.After(f.Last.Started) {
		f.Last = &Proof{Folder: r.Folder, Scenario: r.Scenario.Name, Started: r.Started}
	}
}

func (f *Freshness) judge(asOf time.Time, interval time.Duration) {
	f.State = Never
	if f.Last == nil {
		return
	}
	age := asOf.Sub(f.Last.Started)
	f.AgeDays, f.Until = days(age), f.Last.Started.Add(interval)
	switch {
	case age >= interval:
		f.State = Stale
	case float64(age) >= dueFrom*float64(interval):
		f.State = Due
	default:
		f.State = Fresh
	}
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

// Tally counts the states.
func Tally(all []Freshness) map[State]int {
	n := map[State]int{}
	for _, f := range all {
		n[f.State]++
	}
	return n
}

// oldestFirst orders by how urgent something is.
func oldestFirst(a, b Freshness) int {
	return cmp.Or(slices.Index(States, b.State)-slices.Index(States, a.State), cmp.Compare(b.AgeDays, a.AgeDays), cmp.Compare(a.ID, b.ID))
}
