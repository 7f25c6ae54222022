package controls

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/harness/record"
)

// said is the evidence of a record; an empty one if there is none.
func said(r record.Record) record.Evidence {
	if r.Evidence == nil {
		return record.Evidence{}
	}
	return *r.Evidence
}

// lacking gives what the evidence lacks of a field.
func lacking(r record.Record, field string) string {
	var why []string
	for _, w := range r.Evidence.Wanting() {
		if w.Field == field {
			why = append(why, w.Why)
		}
	}
	return strings.Join(why, "; ")
}

// byPeople is a field that is filled if its evidence will do.
func byPeople(r record.Record, field, where string) (bool, string) {
	if why := lacking(r, field); why != "" {
		return false, why
	}
	return true, "evidence." + where
}

// named joins what is said, each with its name.
func named(pairs ...string) string {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) != "" {
			list = append(list, pairs[i]+" "+pairs[i+1])
		}
	}
	return strings.Join(list, ", ")
}

func exercise(r record.Record) (bool, string) {
	return byPeople(r, "E02", "exercise: "+said(r).Exercise)
}

func fidelity(r record.Record) (bool, string) {
	e := said(r)
	where := fmt.Sprintf("environment: %s; %s", e.Environment, count(len(e.Differences), "difference from production", "differences from production"))
	if e.Environment != "replica" {
		where += "; the record shows a replica: " + started(r)
	}
	return byPeople(r, "E05", where)
}

func basis(r record.Record) (bool, string) {
	b := said(r).Basis
	return byPeople(r, "E06", "basis: "+named("bia", b.BIA, "risk", b.Risk, "plan", b.Plan, "version", b.PlanVersion, "runbook", b.Runbook))
}

// objectives: that there are some is the tool's to say, whose they are is not.
func objectives(r record.Record) (bool, string) {
	if len(r.Objectives) == 0 {
		return false, "the drill had no objectives"
	}
	m := said(r).Objectives
	return byPeople(r, "E08", fmt.Sprintf("objectives: owner %s, approved %s; %s in objectives", m.Owner, cmp.Or(m.Approved, "on no date given"),
		count(len(r.Objectives), "target", "targets")))
}

func participants(r record.Record) (bool, string) {
	came, away, open := 0, 0, 0
	for _, p := range said(r).Participants {
		switch {
		case p.Attended == nil:
			open++
		case *p.Attended:
			came++
		default:
			away++
		}
	}
	return byPeople(r, "E09", fmt.Sprintf("participants: %d intended, %d attended, %d did not, of %d it is not said", came+away+open, came, away, open))
}

func authorisation(r record.Record) (bool, string) {
	a := said(r).Authorisation
	return byPeople(r, "E10", "authorisation: "+named("approver", a.Approver, "change", a.Change, "blast radius", a.BlastRadius, "abort", a.Abort))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
