package dossier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// system is what was drilled, as a picture and in words.
func system(r record.Record) Section {
	if r.Topology == nil {
		return Section{}
	}
	s := Section{ID: "system", Title: "The mail system"}
	table := systemTable(r)
	if f := figure.Topology(r); f.Draw != nil {
		caption := "Ways that mail takes, from the left to the right. What a fault was aimed at has its number and its pattern."
		if t := words.Plain(r.Topology.Title); t != "" {
			caption = sentence(t) + " " + caption
		}
		s.Blocks = append(s.Blocks, Picture{Figure: f, Caption: caption, Twin: &table})
		return s
	}
	s.Blocks = append(s.Blocks, table)
	return s
}

// systemTable has a row for each node: what it is, where it leads, what was aimed
// at it and at its links.
func systemTable(r record.Record) Table {
	t := Table{ID: "nodes", Caption: "Nodes", Head: []Column{{Title: "node"}, {Title: "role"}, {Title: "server"}, {Title: "site"},
		{Title: "leads to", Share: 2}, {Title: "faults", Share: 1.5}}}
	for _, n := range r.Topology.Nodes {
		var ways []string
		things := []string{n.Name}
		for _, p := range r.Topology.Paths {
			if p.From == n.Name {
				ways = append(ways, strings.TrimSpace(words.Plain(p.To)+" "+cmp.Or(words.Plain(p.Note), words.Plain(p.Service))))
				if p.Link != "" {
					things = append(things, p.Link)
				}
			}
		}
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(n.Name), Mono: true}, {Text: words.List(n.Roles)}, {Text: words.Plain(n.Server)},
			{Text: words.Plain(n.Site)}, {Text: strings.Join(ways, ", ")}, {Text: strings.Join(aimedAt(r, things), "; ")}})
	}
	return t
}

// aimedAt lists the faults on any of these things.
func aimedAt(r record.Record, things []string) (said []string) {
	for i, f := range r.Faults {
		for _, on := range f.Targets {
			if slices.Contains(things, on) {
				said = append(said, fmt.Sprintf("%d: %s on %s", i+1, words.Plain(f.Kind), words.Plain(on)))
			}
		}
	}
	return said
}
