package coverage

import (
	"fmt"
	"time"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Document is the table of requirements for people: a row for each id and
// scenario.
func Document(rows []Requirement) dossier.Document {
	d := dossier.Document{Title: "Requirements and the drills that answer them", Kind: "Requirements"}
	for _, kind := range []string{Cause, Mitigation} {
		t := dossier.Table{ID: kind, Head: []dossier.Column{{Title: "requirement", Share: 1.5}, {Title: "scenario", Share: 2}, {Title: "declares", Share: 1.5},
			{Title: "last verdict", Share: 1.5}, {Title: "date"}}}
		for _, r := range rows {
			if r.Kind == kind {
				t.Rows = append(t.Rows, r.rows()...)
			}
		}
		d.Sections = append(d.Sections, dossier.Section{ID: kind + "s", Title: map[string]string{Cause: "Causes", Mitigation: "Counter-measures"}[kind], Blocks: []dossier.Block{t}})
	}
	d.Sections = append(d.Sections, dossier.Section{ID: "sum", Title: "Together", Blocks: []dossier.Block{dossier.Paragraph{Text: Sum(rows)}}})
	return d
}

// Sum counts the rows in a sentence.
func Sum(rows []Requirement) string {
	count := map[string]int{}
	never := 0
	for _, r := range rows {
		count[r.State]++
		for _, a := range r.Answers {
			if a.Last == nil && r.State == Answered {
				never++
				break
			}
		}
	}
	return fmt.Sprintf("%d requirements: %d answered by drills and game days, %d pending: exercise, %d without a scenario. %d of those that are answered have a scenario that was never run on real servers here.",
		len(rows), count[Answered], count[Pending], count[Unanswered], never)
}

// rows are the lines of one requirement: its id stands in the first.
func (r Requirement) rows() (lines [][]dossier.Cell) {
	id := dossier.Cell{Text: r.ID, Mono: true}
	switch r.State {
	case Pending:
		lines = append(lines, []dossier.Cell{id, {}, {}, {Text: Pending, Tone: dossier.Open}, {}})
		id = dossier.Cell{}
	case Unanswered:
		return [][]dossier.Cell{{id, {Text: Unanswered, Tone: dossier.Bad}, {}, {}, {}}}
	}
	for _, a := range r.Answers {
		lines = append(lines, append([]dossier.Cell{id, {Text: words.Plain(a.Scenario), Mono: true}, {Text: words.Plain(a.Expected)}}, a.last()...))
		id = dossier.Cell{}
	}
	return lines
}

func (a Answer) last() []dossier.Cell {
	l := a.Last
	if l == nil {
		return []dossier.Cell{{Text: "never run", Tone: dossier.Open}, {}}
	}
	text, tone := words.Plain(l.Outcome), dossier.Good
	switch {
	case !l.AsDeclared:
		text, tone = text+", NOT as declared", dossier.Bad
	case l.Other:
		text, tone = text+", of another version", dossier.Open
	}
	return []dossier.Cell{{Text: text, Tone: tone}, {Text: l.Started.Format(time.DateOnly)}}
}
