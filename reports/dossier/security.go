package dossier

import (
	"cmp"
	"fmt"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// securityBlocks are security while degraded: what was asked, how often it held,
// and what was let through.
func securityBlocks(r record.Record) []Block {
	lines := words.Security(r)
	if len(lines) == 0 {
		return nil
	}
	blocks := []Block{List{Items: lines}, guardTable(*r.Security)}
	if len(r.Security.Breaches) > 0 {
		blocks = append(blocks, breachTable(*r.Security))
	}
	return blocks
}

func guardTable(s record.Security) Table {
	t := Table{ID: "security", Caption: "Security while degraded: in all, and while a fault was in effect", Head: []Column{{Title: "service"}, {Title: "what has to hold", Share: 2.5}, {Title: "before"},
		{Title: "held", Right: true}, {Title: "broken", Right: true}, {Title: "no answer", Right: true},
		{Title: "held, degraded", Right: true}, {Title: "broken, degraded", Right: true}, {Title: "no answer, degraded", Right: true}}}
	for _, c := range s.Checks {
		row := []Cell{{Text: words.Plain(c.Service) + " of " + words.Plain(c.Node)}, {Text: words.Question(c.Question)}, {Text: words.Cut(cmp.Or(words.Plain(c.Before), "not known"), 16)}}
		for _, tally := range []record.SecurityTally{c.All, c.Degraded} {
			row = append(row, count(tally.Held, Good), count(tally.Broken, Bad), count(tally.Unanswered, Open))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func breachTable(s record.Security) Table {
	t := Table{ID: "breaches", Caption: fmt.Sprintf("Breaches, the first %d of %d", len(s.Breaches), s.Broken), Head: []Column{{Title: "what was let through", Share: 1.5}, {Title: "dialogue", Share: 4}}}
	for _, b := range s.Breaches {
		t.Rows = append(t.Rows, []Cell{{Text: words.Breached(b), Tone: Bad}, {Text: words.Dialogue(b), Mono: true}})
	}
	return t
}
