package console

import (
	"fmt"
	"slices"
)

// Role of a person in the console.
type Role string

// Roles.
const (
	Observer Role = "observer"
	Scribe   Role = "scribe"
	Operator Role = "operator"
	Approver Role = "approver"
)

// Roles lists them.
func Roles() []Role { return []Role{Observer, Scribe, Operator, Approver} }

// right is something that one may or may not do.
type right string

const (
	reads     right = "read"
	surprises right = "see surprises before they are released"
	notes     right = "write notes"
	marks     right = "set marks"
	steps     right = "change steps of the runbook"
	lines     right = "answer lines of the card"
	injects   right = "release injects"
	leads     right = "lead the exercise from state to state"
	approves  right = "approve the exercise"
	decides   right = "say go or no-go"
	stops     right = "stop the exercise"
	closes    right = "close the exercise"
	looksBack right = "answer the questions of the debriefing"
)

// rights is the table of who may do what.
var rights = map[right][]Role{
	reads:     {Observer, Scribe, Operator, Approver},
	surprises: {Scribe, Operator, Approver},
	notes:     {Scribe, Operator},
	marks:     {Scribe, Operator},
	steps:     {Scribe, Operator},
	lines:     {Operator},
	injects:   {Operator},
	leads:     {Operator},
	approves:  {Approver},
	decides:   {Approver},
	stops:     {Scribe, Operator, Approver},
	closes:    {Operator},
	looksBack: {Scribe, Operator, Approver},
}

// may tells whether a role has a right.
func (r Role) may(do right) bool { return slices.Contains(rights[do], r) }

// The templates ask by these names.
func (r Role) Notes() bool     { return r.may(notes) }
func (r Role) Marks() bool     { return r.may(marks) }
func (r Role) Steps() bool     { return r.may(steps) }
func (r Role) Lines() bool     { return r.may(lines) }
func (r Role) Injects() bool   { return r.may(injects) }
func (r Role) Leads() bool     { return r.may(leads) || r.may(decides) || r.may(closes) }
func (r Role) LooksBack() bool { return r.may(looksBack) }

// acts tells whether a role may do anything but read.
func (r Role) acts() bool { return r.may(stops) }

func (r Role) check() error {
	if !slices.Contains(Roles(), r) {
		return fmt.Errorf("there is no role %q: name observer, scribe, operator or approver", string(r))
	}
	return nil
}
