package controls

import (
	"cmp"
	"fmt"
	"slices"

	"maildrill/harness/record"
)

// Row is what one record offers for one control.
type Row struct {
	Control Control `json:"control"`
	// Named: the scenario says that it is about this control.
	Named bool `json:"named"`
	// Counts: the record offers evidence at all. Why says why not, or with which
	// reserve.
	Counts bool    `json:"counts"`
	Why    string  `json:"why,omitempty"`
	Filled []Place `json:"filled"`
	Empty  []Place `json:"empty"`
}

// Place is one evidence field of a row. Where tells where it stands, or, of an
// empty one, what is missing.
type Place struct {
	Field string `json:"field"`
	Name  string `json:"name"`
	By    string `json:"by"`
	Where string `json:"where"`
}

// Beside is a field that is filled outside of the record: by a debrief, a
// signature, a register.
type Beside struct {
	Field string // "E23"
	Where string // what a reader has to look at
}

// Map says what a record offers for the controls of the frameworks, in the
// order of the catalogue; no framework stands for all. What does not count
// fills no field, whatever stands beside it.
func Map(r record.Record, frameworks []string, beside ...Beside) []Row {
	return Shipped().Map(r, frameworks, beside...)
}

// Map is [Map] with a catalogue of one's own.
func (c Catalogue) Map(r record.Record, frameworks []string, beside ...Beside) []Row {
	counts, why := Counts(r)
	var rows []Row
	for _, f := range c {
		if len(frameworks) > 0 && !slices.Contains(frameworks, f.ID) {
			continue
		}
		for _, k := range f.Controls {
			row := Row{Control: k, Named: slices.Contains(r.Scenario.Controls, k.ID), Counts: counts, Why: why, Filled: []Place{}, Empty: []Place{}}
			row.fill(r, beside)
			rows = append(rows, row)
		}
	}
	return rows
}

func (row *Row) fill(r record.Record, beside []Beside) {
	for _, id := range row.Control.Fields {
		f, _ := field(id)
		p, ok := f.place(r, beside)
		if !row.Counts {
			p.Where, ok = row.Why, false
		}
		if ok {
			row.Filled = append(row.Filled, p)
		} else {
			row.Empty = append(row.Empty, p)
		}
	}
}

// place tells where a field is filled, in the record or beside it; else what is
// missing.
func (f Field) place(r record.Record, beside []Beside) (Place, bool) {
	p := Place{Field: f.ID, Name: f.Name, By: f.By}
	ok := false
	if ok, p.Where = f.Filled(r); ok {
		return p, true
	}
	if i := slices.IndexFunc(beside, func(b Beside) bool { return b.Field == f.ID }); i >= 0 {
		p.Where, ok = beside[i].Where, true
	}
	return p, ok
}

// Counts tells whether a record offers evidence for any control, and why not.
// Standards ask for tests and their results, not for passes: a missed objective
// counts, with a reserve.
func Counts(r record.Record) (bool, string) {
	switch {
	case r.Simulated || r.Run.Runtime == "embedded":
		return false, "the servers were simulated: the record counts for no control"
	case r.Run.Runtime == "":
		return false, "the record does not say what the servers ran on: it counts for no control"
	case r.Dirty:
		return false, "clean-up could not be proven: the record counts for no control"
	case r.Verdict == record.Passed:
		return true, ""
	case r.Verdict == record.Failed:
		return true, "an objective was missed: the record shows that a test took place and what came of it, not that the objective is met"
	}
	return false, fmt.Sprintf("the run has no conclusion (%s): the record counts for no control", cmp.Or(string(r.Verdict), "no verdict"))
}

// Frameworks lists the frameworks that a scenario names controls of, in the
// order of the catalogue.
func Frameworks(r record.Record) []string {
	var list []string
	for _, f := range Shipped() {
		if slices.ContainsFunc(f.Controls, func(k Control) bool { return slices.Contains(r.Scenario.Controls, k.ID) }) {
			list = append(list, f.ID)
		}
	}
	return list
}
