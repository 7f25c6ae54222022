package record

import (
	"slices"
	"strings"
	"unicode"
)

// Evidence is what people say about a run, and no instrument can measure.
// Nothing of it is needed for an ordinary run; see [Evidence.Wanting] for what
// an audit run needs.
type Evidence struct {
	Exercise       string        `json:"exercise,omitempty"`    // one of [Exercises]
	Environment    string        `json:"environment,omitempty"` // one of [Environments]; empty: not said
	Differences    []string      `json:"differences,omitempty"` // of what was tested from production
	Exclusions     []string      `json:"exclusions,omitempty"`  // what was left out of scope
	Basis          Basis         `json:"basis,omitzero"`
	Objectives     Mandate       `json:"objectives,omitzero"`
	Participants   []Participant `json:"participants,omitempty"`
	Authorisation  Authorisation `json:"authorisation,omitzero"`
	Classification string        `json:"classification,omitempty"` // of the record: "internal"
}

// Basis names the documents that the run rests on.
type Basis struct {
	BIA         string `json:"bia,omitempty"` // business impact analysis
	Risk        string `json:"risk,omitempty"`
	Plan        string `json:"plan,omitempty"`
	PlanVersion string `json:"plan_version,omitempty"`
	Runbook     string `json:"runbook,omitempty"`
}

// Mandate says whose the objectives are.
type Mandate struct {
	Owner    string `json:"owner,omitempty"`    // somebody of the business
	Approved string `json:"approved,omitempty"` // a day, 2026-03-01
	Source   string `json:"source,omitempty"`   // where they are written down
}

// Participant is one person, or a pseudonym, with what they did.
type Participant struct {
	Role         string `json:"role"` // one of [Roles]
	Name         string `json:"name"`
	Organisation string `json:"organisation,omitempty"`
	Attended     *bool  `json:"attended,omitempty"` // nil: not said
}

// Authorisation is the decision to run the drill.
type Authorisation struct {
	Approver    string `json:"approver,omitempty"`
	Change      string `json:"change,omitempty"`       // the ticket
	BlastRadius string `json:"blast_radius,omitempty"` // what may be hurt
	Abort       string `json:"abort,omitempty"`        // when it is stopped
}

var (
	// Exercises are the types of exercise, from talk to the whole system.
	Exercises = []string{"tabletop", "walk-through", "communication", "functional", "simulation", "full-scale", "automated"}
	// Environments are where a drill may take place.
	Environments = []string{"replica", "staging", "production"}
	// Roles are those of participants. The operator starts the drill.
	Roles = []string{"operator", "owner", "approver", "coordinator", "safety-officer", "scribe", "observer", "player",
		"comms-lead", "business-owner", "reviewer", "auditor"}
)

// Want is a field that an audit run needs and that is empty or contradicts
// another.
type Want struct {
	Field string `json:"field"` // of the evidence catalogue: "E08"
	Path  string `json:"path"`  // where it is written: "objectives.owner", below `evidence`
	Empty bool   `json:"empty"` // false: something is written, and it will not do
	Why   string `json:"why"`   // what is missing or wrong, and what to write
}

// demand is one condition on the evidence of an audit run.
type demand struct {
	field, path string
	empty       bool
	met         func(Evidence) bool
	why         string
}

var demands = []demand{
	{"E02", "exercise", true, func(e Evidence) bool { return slices.Contains(Exercises, e.Exercise) },
		"the type of the exercise is missing: write `exercise:` with one of " + strings.Join(Exercises, ", ")},
	{"E05", "environment", true, func(e Evidence) bool { return slices.Contains(Environments, e.Environment) },
		"nobody says where the drill takes place: write `environment:` with one of " + strings.Join(Environments, ", ")},
	{"E05", "differences", true, func(e Evidence) bool { return slices.ContainsFunc(e.Differences, said) },
		"nobody says how what is tested differs from production: write `differences:` with a list of sentences, at least one"},
	{"E06", "basis", true, func(e Evidence) bool { return said(e.Basis.BIA) || said(e.Basis.Plan) },
		"the drill rests on no document: write `bia:` (business impact analysis) or `plan:` (recovery plan) under `basis:`"},
	{"E08", "objectives.owner", true, func(e Evidence) bool { return said(e.Objectives.Owner) },
		"the objectives have no owner: write `owner:` under `objectives:`, somebody of the business who stands for them"},
	{"E09", "participants", true, func(e Evidence) bool { return len(e.operators()) > 0 },
		"nobody is named as the operator: write `{role: operator, name: ..., attended: true}` under `participants:`"},
	{"E10", "authorisation.approver", true, func(e Evidence) bool { return said(e.Authorisation.Approver) },
		"nobody approved the drill: write `approver:` under `authorisation:`, somebody else than the operator"},
	{"E10", "authorisation.approver", false, func(e Evidence) bool {
		return !slices.ContainsFunc(e.operators(), func(name string) bool { return same(name, e.Authorisation.Approver) })
	}, "the approver is the operator too: write somebody else in `approver:`, nobody approves what they do themselves"},
}

// Demanded are the fields that an audit run needs, in their order.
func Demanded() []string {
	var fields []string
	for _, d := range demands {
		fields = append(fields, d.field)
	}
	return slices.Compact(fields)
}

// Wanting lists what the evidence of an audit run lacks, in the order of the
// fields. No evidence at all lacks everything.
func (e *Evidence) Wanting() []Want {
	all := Evidence{}
	if e != nil {
		all = *e
	}
	var wants []Want
	for _, d := range demands {
		if !d.met(all) {
			wants = append(wants, Want{Field: d.field, Path: d.path, Empty: d.empty, Why: d.why})
		}
	}
	return wants
}

// operators are those who were there to run the drill, by name.
func (e Evidence) operators() []string {
	var names []string
	for _, p := range e.Participants {
		if p.Role == "operator" && said(p.Name) && p.Attended != nil && *p.Attended {
			names = append(names, p.Name)
		}
	}
	return names
}

// noAnswer are words that fill a field without saying anything.
var noAnswer = []string{"tbd", "todo", "n/a", "none", "unknown"}

// said tells whether a text says anything.
func said(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) &&
		!slices.Contains(noAnswer, folded(text))
}

// same compares names as a reader sees them.
func same(a, b string) bool { return folded(a) == folded(b) }

// folded drops what does not show, and the case.
func folded(text string) string {
	shown := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}
