package dossier

import (
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// runbook is what operators did, step by step, and what the nodes said to it.
func runbook(r record.Record) (blocks []Block) {
	if len(r.Actions) == 0 {
		return nil
	}
	t := Table{ID: "runbook-table", Caption: "Runbook: what operators did", Head: []Column{{Title: "step", Share: 1.5}, {Title: "what"}, {Title: "on"}, {Title: "who"},
		{Title: "from, to", Share: 1.5}, {Title: "took"}, {Title: "result", Share: 2}}}
	for _, a := range r.Actions {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(a.Step)}, {Text: words.Plain(a.Kind), Mono: true}, {Text: words.List(a.Targets)}, {Text: words.ActionWho(a)},
			{Text: words.ActionSpan(a)}, {Text: words.ActionTook(a)}, {Text: words.ActionWord(a), Tone: actionTone(a)}})
	}
	blocks = append(blocks, t)
	if said := told(r.Actions); len(said.Rows) > 0 {
		blocks = append(blocks, said)
	}
	if shares := byHand(r); len(shares.Rows) > 0 {
		blocks = append(blocks, shares)
	}
	return blocks
}

func actionTone(a record.Action) Tone {
	if a.Done() {
		return Good
	}
	return Open
}

// told is what was said to people and by them, and what nodes printed.
func told(actions []record.Action) Table {
	t := Table{ID: "runbook-said", Caption: "What was said", Head: []Column{{Title: "step"}, {Title: "to people, and by them", Share: 2}, {Title: "by the node", Share: 3}}}
	for _, a := range actions {
		if said, out := words.ActionSaid(a), words.Plain(a.Output); said != "" || out != "" {
			t.Rows = append(t.Rows, []Cell{{Text: words.Plain(a.Step)}, {Text: said}, {Text: out, Mono: true}})
		}
	}
	return t
}

// byHand tells, for each outage, what waited for people and what did not.
func byHand(r record.Record) Table {
	t := Table{ID: "runbook-shares", Caption: "Recovery: by hand and by machines", Head: []Column{{Title: "service"}, {Title: "recovered after"}, {Title: "manual steps were waited for"}, {Title: "the rest"}}}
	for _, name := range slices.Sorted(maps.Keys(r.Services)) {
		for _, o := range r.Services[name].Outages {
			if o.Manual == nil {
				continue
			}
			rest := "not known: it never recovered"
			if o.RTA.High != nil {
				rest = fmt.Sprintf("%.1f s at most", max(0, *o.RTA.High-*o.Manual))
			}
			t.Rows = append(t.Rows, []Cell{{Text: words.Plain(name)}, {Text: words.Moment(&o.RTA)}, {Text: fmt.Sprintf("%.1f s", *o.Manual)}, {Text: rest}})
		}
	}
	return t
}
