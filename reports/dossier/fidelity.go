package dossier

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/controls"
	"maildrill/reports/words"
)

// topics are the groups of the statements on fidelity, as page one names them.
var topics = map[controls.Topic]string{
	controls.Environment: "environment", controls.Servers: "servers", controls.Clock: "clock",
	controls.Difference: "differs from production", controls.Exclusion: "left out", controls.Limit: "does not show",
}

// fidelity says on page one what the result may be compared with.
func fidelity(r record.Record) Section {
	t := Table{ID: "statements", Head: []Column{{Title: "about", Share: 1.2}, {Title: "statement", Share: 6}}}
	before := ""
	for _, s := range controls.Fidelity(r) {
		topic := topics[s.Topic]
		if s.Declared {
			topic += " (declared)"
		}
		head := Cell{Text: topic}
		if topic == before {
			head.Text = ""
		}
		before = topic
		t.Rows = append(t.Rows, []Cell{head, {Text: sentence(words.Plain(s.Text))}})
	}
	return Section{ID: "fidelity", Title: "What this run stands for", Blocks: []Block{t}}
}

// people is what only people know: the basis, who owns the objectives, who took
// part, who allowed it. A run that asked for nothing of it has no such section.
func people(r record.Record) Section {
	s := Section{ID: "people", Title: "Basis, people, authorisation"}
	e := r.Evidence
	if e == nil {
		return s
	}
	var facts []Fact
	add := func(name, value string) {
		if v := words.Plain(value); v != "" {
			facts = append(facts, Fact{Name: name, Value: v})
		}
	}
	add("exercise", e.Exercise)
	add("classification", e.Classification)
	add("business impact analysis", e.Basis.BIA)
	add("risk", e.Basis.Risk)
	add("plan", strings.TrimSpace(e.Basis.Plan+" "+e.Basis.PlanVersion))
	add("runbook", e.Basis.Runbook)
	add("objectives owned by", e.Objectives.Owner)
	add("objectives approved", e.Objectives.Approved)
	add("objectives written in", e.Objectives.Source)
	add("approved by", e.Authorisation.Approver)
	add("change", e.Authorisation.Change)
	add("blast radius", e.Authorisation.BlastRadius)
	add("stopped if", e.Authorisation.Abort)
	if len(facts) > 0 {
		s.Blocks = append(s.Blocks, Facts{Facts: facts})
	}
	if len(e.Participants) > 0 {
		s.Blocks = append(s.Blocks, participantTable(*e))
	}
	return s
}

func participantTable(e record.Evidence) Table {
	t := Table{ID: "participants", Caption: "Participants", Head: []Column{{Title: "role"}, {Title: "name", Share: 2}, {Title: "organisation", Share: 2}, {Title: "attended"}}}
	for _, p := range e.Participants {
		attended := Cell{Text: "not said", Tone: Open}
		if p.Attended != nil {
			attended = yes(*p.Attended)
		}
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(p.Role)}, {Text: words.Plain(p.Name)}, {Text: words.Plain(p.Organisation)}, attended})
	}
	return t
}

// controlMap says for which controls the record offers evidence, and what of it
// is empty. It claims nothing more.
func controlMap(r record.Record) Section {
	s := Section{ID: "controls", Title: "Evidence offered for controls"}
	counts, why := controls.Counts(r)
	frameworks := controls.Frameworks(r)
	said := "A row says which evidence fields a control asks for, which of them this record fills, and which are empty. Whether that is enough is for an auditor to say."
	s.Blocks = []Block{Paragraph{Text: said}}
	if why != "" {
		t := Open
		if !counts {
			t = Bad
		}
		s.Blocks = append(s.Blocks, Paragraph{Text: sentence(words.Plain(why)), Tone: t})
	}
	if !counts {
		return s
	}
	if len(frameworks) == 0 {
		s.Blocks = append(s.Blocks, Paragraph{Text: "The scenario names no control (metadata.controls); maildrill controls list prints those that are known.", Tone: Open})
	} else {
		named, others := controlTables(controls.Map(r, frameworks))
		s.Blocks = append(s.Blocks, named, others)
	}
	s.Blocks = append(s.Blocks, fieldTable(r))
	return s
}

// controlTables splits the controls that the scenario names from the others of
// their frameworks.
func controlTables(rows []controls.Row) (named, others Table) {
	head := []Column{{Title: "control", Share: 1.5}, {Title: "about", Share: 3}, {Title: "coverage"}, {Title: "filled", Share: 2}, {Title: "EMPTY", Share: 2}}
	named = Table{ID: "controls-named", Caption: "Controls that the scenario names", Head: head, Empty: "The scenario names none."}
	others = Table{ID: "controls-others", Caption: "Other controls of the same frameworks", Head: head, Search: true, Empty: "None."}
	for _, row := range rows {
		cells := []Cell{{Text: row.Control.ID, Mono: true}, {Text: row.Control.Summary}, {Text: string(row.Control.Coverage)}, {Text: places(row.Filled)}, {Text: cmp.Or(places(row.Empty), "none")}}
		if len(row.Empty) > 0 {
			cells[4].Tone = Open
		}
		if row.Named {
			named.Rows = append(named.Rows, cells)
		} else {
			others.Rows = append(others.Rows, cells)
		}
	}
	return named, others
}

func places(all []controls.Place) string {
	var ids []string
	for _, p := range all {
		ids = append(ids, p.Field)
	}
	return strings.Join(ids, " ")
}

// fieldTable is what the numbers of the fields mean, and where each is filled.
func fieldTable(r record.Record) Table {
	t := Table{ID: "fields", Caption: "Evidence fields", Head: []Column{{Title: "field"}, {Title: "what", Share: 2}, {Title: "filled by", Share: 1.5}, {Title: "here", Share: 4}}}
	for _, f := range controls.Fields {
		ok, where := f.Filled(r)
		c := Cell{Text: words.Plain(where)}
		if !ok {
			c = Cell{Text: fmt.Sprintf("EMPTY: %s", words.Plain(where)), Tone: Open}
		}
		t.Rows = append(t.Rows, []Cell{{Text: f.ID, Mono: true}, {Text: f.Name}, {Text: f.By}, c})
	}
	return t
}
