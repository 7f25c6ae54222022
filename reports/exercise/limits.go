package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/reports/controls"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// limits are what the exercise does not show.
func (t *teller) limits() dossier.Section {
	r := t.rec
	said := []string{"One exercise shows what happened once, with these people on this day."}
	switch {
	case tabletop(r):
		said = append(said, "It was a tabletop: no machine was measured. That people know what to do does not show that it works, nor how long it takes.")
	case r.Simulated:
		said = append(said, words.Simulated)
	default:
		said = append(said, "The servers were replicas in containers on one host, with mail made for the drill: what hangs on other hardware, networks or amounts of mail was not tried.")
	}
	if r.Held > 0 {
		said = append(said, "Play stood still for "+length(r.Held)+": what people did then may have made them faster later.")
	}
	said = append(said, "Milestones are when people called them, not when they came true.")
	if untold := len(r.Injects) - t.told(); untold > 0 {
		said = append(said, fmt.Sprintf("%d of %s never released: how people meet them is not known.", untold, counted(len(r.Injects), "inject")+" "+map[bool]string{true: "was", false: "were"}[untold == 1]))
	}
	if t.stopped() {
		said = append(said, "Play was stopped: what should have come after was not tried.")
	}
	said = append(said, "Full names of participants in free text stand as their role in brackets. What else people wrote stands as they wrote it.")
	return dossier.Section{ID: "limits", Title: "What this exercise does not show", Blocks: []dossier.Block{dossier.List{Items: said}}}
}

// mapping says which requirements and controls the checks speak to.
func (t *teller) mapping() dossier.Section {
	s := dossier.Section{ID: "mapping", Title: "Requirements and controls", Blocks: []dossier.Block{
		dossier.Paragraph{Text: "A requirement is supported if every check that it asks for passed. Whether that is enough is for an auditor to say."}}}
	if t.rec.Simulated {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: words.Simulated, Tone: dossier.Bad})
	}
	s.Blocks = append(s.Blocks, t.requirementTable(), t.controlTable())
	return s
}

func (t *teller) requirementTable() dossier.Table {
	table := dossier.Table{ID: "requirements", Caption: "Requirements", Empty: "No check names a requirement, nor does the game day.", Head: []dossier.Column{{Title: "requirement", Share: 1.5}, {Title: "named by the game day"}, {Title: "supported"}, {Title: "checks", Share: 3}}}
	by := map[string][]exercise.Check{}
	ids := append(slices.Clone(t.rec.Mitigations), t.rec.Causes...)
	named := slices.Clone(ids)
	for _, c := range t.rec.Checks {
		for _, id := range c.Requirements {
			by[id], ids = append(by[id], c), append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		var checks []string
		for _, c := range by[id] {
			checks = append(checks, fmt.Sprintf("%s: %s", words.Plain(c.ID), cmp.Or(words.Plain(string(c.Verdict)), "no verdict")))
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(id), Mono: true}, {Text: map[bool]string{true: "yes", false: "no"}[slices.Contains(named, id)]}, t.supported(by[id]), {Text: cmp.Or(strings.Join(checks, ", "), "none asks for it")}})
	}
	return table
}

func (t *teller) supported(checks []exercise.Check) dossier.Cell {
	passed := func(c exercise.Check) bool { return c.Verdict == exercise.Passed }
	switch {
	case t.rec.Simulated:
		return dossier.Cell{Text: "no: simulated", Tone: dossier.Bad}
	case len(checks) == 0:
		return dossier.Cell{Text: "no check", Tone: dossier.Open}
	case !slices.ContainsFunc(checks, func(c exercise.Check) bool { return !passed(c) }):
		return dossier.Cell{Text: "yes", Tone: dossier.Good}
	case slices.ContainsFunc(checks, func(c exercise.Check) bool { return c.Verdict == exercise.Failed }):
		return dossier.Cell{Text: "NO", Tone: dossier.Bad}
	}
	return dossier.Cell{Text: "cannot be told", Tone: dossier.Open}
}

func (t *teller) controlTable() dossier.Table {
	table := dossier.Table{ID: "controls", Caption: "Controls that the game day names", Empty: "It names none.", Head: []dossier.Column{{Title: "control", Share: 1.5}, {Title: "about", Share: 4}, {Title: "fields asked for", Share: 1.5}, {Title: "EMPTY of the header", Share: 1.5}}}
	var empty []string
	for _, f := range t.fields() {
		if f.value == "" {
			empty = append(empty, f.id)
		}
	}
	for _, id := range t.rec.Controls {
		c, ok := controls.Shipped().Find(id)
		if !ok {
			table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(id), Mono: true}, {Text: "not in the catalogue", Tone: dossier.Open}, {}, {}})
			continue
		}
		lacking := slices.DeleteFunc(slices.Compact(slices.Clone(empty)), func(f string) bool { return !slices.Contains(c.Fields, f) })
		cell := dossier.Cell{Text: strings.Join(lacking, " "), Tone: dossier.Open}
		if len(lacking) == 0 {
			cell = dossier.Cell{Text: "none"}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: c.ID, Mono: true}, {Text: c.Summary}, {Text: strings.Join(c.Fields, " ")}, cell})
	}
	return table
}

// empty lists what nobody filled.
func (t *teller) empty() dossier.Section {
	items := t.emptyFields()
	if len(items) == 0 {
		items = []string{"None of those that are looked at."}
	}
	return dossier.Section{ID: "empty", Title: "Empty fields", Blocks: []dossier.Block{dossier.List{Items: items}}}
}

func (t *teller) emptyFields() (out []string) {
	for _, f := range t.fields() {
		if f.value == "" {
			out = append(out, fmt.Sprintf("%s (%s)", f.name, f.id))
		}
	}
	r := t.rec
	for _, part := range []struct {
		name string
		n    int
	}{
		{"hypotheses (E07)", len(r.Hypotheses)}, {"participants (E09)", len(r.People)}, {"go/no-go card (E10)", len(r.Card)}, {"notes of people (E12)", len(r.Notes)}, {"steps (E13)", len(r.Steps)},
		{"checks (E14)", len(r.Checks)}, {"notices (E18)", len(r.Notices)}, {"findings (E19)", len(r.Findings)}, {"hot wash (E20)", len(r.HotWash)}, {"ratings (E20)", len(r.Ratings)},
		{"corrective actions (E21)", len(r.Actions)}, {"accepted risks (E22)", len(r.Risks)}, {"signatures (E23)", len(r.Signatures)},
	} {
		if part.n == 0 {
			out = append(out, part.name)
		}
	}
	if r.RollCall == nil || len(r.RollCall.Calls) == 0 {
		out = append(out, "roll-call (E18)")
	}
	if r.Facts == nil {
		out = append(out, "what was overdue and open when play was over (E26)")
	}
	for _, kind := range milestoneKinds[1:] {
		if _, ok := t.milestones()[kind]; !ok {
			out = append(out, "milestone "+kind+" (E12)")
		}
	}
	return out
}
