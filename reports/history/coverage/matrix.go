package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Document shows what is covered. Wide: as matrices, for a page; else as lists
// that fit into a terminal.
func (c Coverage) Document(wide bool) dossier.Document {
	d := dossier.Document{Title: "What the library covers", Kind: "Coverage"}
	byTopology, byStage := c.listed(), c.met()
	if wide {
		byTopology, byStage = c.crossed(), c.marked()
	}
	d.Sections = []dossier.Section{
		{ID: "requirements", Title: "Requirements by topology, in scenarios", Blocks: []dossier.Block{byTopology}},
		{ID: "faults", Title: "Faults by where they strike, and what they can meet there", Blocks: []dossier.Block{
			dossier.Paragraph{Text: "What a run did meet is in its record; this is what the library is made to meet."}, byStage}},
		{ID: "gaps", Title: "Not covered", Blocks: []dossier.Block{dossier.List{Items: c.gaps()}}},
	}
	return d
}

func (c Coverage) gaps() []string {
	var empty []string
	for _, r := range c.Requirements {
		if r.State == Unanswered {
			empty = append(empty, r.ID)
		}
	}
	return []string{"requirements without a scenario: " + orNone(empty), "stages that no fault of the library can meet: " + cmp.Or(joined(c.Unmet), "none"),
		fmt.Sprintf("faults of the catalogue that no scenario has (%d): %s", len(c.Unused), orNone(c.Unused))}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return words.List(names)
}

// crossed has a column for each topology.
func (c Coverage) crossed() dossier.Table {
	t := dossier.Table{ID: "matrix", Search: true, Head: []dossier.Column{{Title: "requirement", Share: 2}}}
	for _, name := range c.Topologies {
		t.Head = append(t.Head, dossier.Column{Title: words.Plain(name), Right: true})
	}
	for _, r := range c.Requirements {
		row := []dossier.Cell{r.cell()}
		for _, name := range c.Topologies {
			text := ""
			if n := len(r.On[name]); n > 0 {
				text = fmt.Sprint(n)
			}
			row = append(row, dossier.Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (r ByTopology) cell() dossier.Cell {
	switch r.State {
	case Pending:
		return dossier.Cell{Text: r.ID + " (" + Pending + ")", Tone: dossier.Open}
	case Unanswered:
		return dossier.Cell{Text: r.ID + " (" + Unanswered + ")", Tone: dossier.Bad}
	}
	return dossier.Cell{Text: r.ID}
}

// listed names the topologies of each requirement.
func (c Coverage) listed() dossier.Table {
	t := dossier.Table{ID: "matrix", Head: []dossier.Column{{Title: "requirement"}, {Title: "in all", Right: true}, {Title: "topologies", Share: 3}}}
	for _, r := range c.Requirements {
		n, on := 0, []string{}
		for _, name := range c.Topologies {
			if k := len(r.On[name]); k > 0 {
				n += k
				on = append(on, fmt.Sprintf("%s %d", name, k))
			}
		}
		t.Rows = append(t.Rows, []dossier.Cell{r.cell(), {Text: fmt.Sprint(n)}, {Text: strings.Join(on, ", ")}})
	}
	return t
}

// marked has a column for each stage.
func (c Coverage) marked() dossier.Table {
	t := dossier.Table{ID: "stages", Search: true, Empty: "No scenario has a fault.", Head: []dossier.Column{{Title: "fault", Share: 2}, {Title: "at", Share: 1.5}}}
	for _, s := range Stages {
		t.Head = append(t.Head, dossier.Column{Title: string(s)})
	}
	for _, f := range c.Faults {
		row := []dossier.Cell{{Text: f.Fault, Mono: true}, {Text: words.Plain(f.Place)}}
		for _, s := range Stages {
			text := ""
			if slices.Contains(f.Stages, s) {
				text = "yes"
			}
			row = append(row, dossier.Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// met names the stages of each fault.
func (c Coverage) met() dossier.Table {
	t := dossier.Table{ID: "stages", Empty: "No scenario has a fault.", Head: []dossier.Column{{Title: "fault"}, {Title: "at"}, {Title: "drills", Right: true}, {Title: "can meet", Share: 3}}}
	for _, f := range c.Faults {
		stages := cmp.Or(joined(f.Stages), "not known")
		t.Rows = append(t.Rows, []dossier.Cell{{Text: f.Fault, Mono: true}, {Text: words.Plain(f.Place)}, {Text: fmt.Sprint(len(f.Scenarios))}, {Text: stages}})
	}
	return t
}

func joined(stages []Stage) string {
	var names []string
	for _, s := range stages {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}
