package exercise

import (
	"cmp"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// settled: nothing is left to do.
func settled(a exercise.Action) bool { return a.Status == "verified" || a.Status == "accepted" }

var statusTones = map[string]dossier.Tone{"verified": dossier.Good, "accepted": dossier.Neutral}

// actions are the second of the places that name people.
func (t *teller) actions() dossier.Section {
	table := dossier.Table{ID: "action-table", Empty: "None was agreed on.", Head: []dossier.Column{{Title: "id"}, {Title: "finding"}, {Title: "what", Share: 3}, {Title: "owner", Share: 1.5}, {Title: "due", Share: 1.2}, {Title: "priority"}, {Title: "status"}, {Title: "retest run", Share: 1.5}}}
	for _, a := range t.rec.Actions {
		tone, ok := statusTones[a.Status]
		if !ok {
			tone = dossier.Open
		}
		retest := dossier.Cell{Text: words.Plain(a.Run), Mono: true}
		if retest.Text == "" {
			retest = dossier.Cell{Text: "none", Tone: dossier.Open}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(a.ID), Mono: true}, {Text: words.Plain(a.Finding), Mono: a.Finding != ""}, {Text: words.Plain(a.Title)}, orEmpty(words.Plain(a.Owner)),
			orEmpty(words.Plain(a.Due)), {Text: words.Plain(a.Priority)}, {Text: cmp.Or(words.Plain(a.Status), "open"), Tone: tone}, retest})
	}
	return dossier.Section{ID: "actions", Title: "Corrective actions", Blocks: []dossier.Block{table}}
}

func (t *teller) risks() dossier.Section {
	table := dossier.Table{ID: "risk-table", Empty: "No risk was accepted.", Head: []dossier.Column{{Title: "action"}, {Title: "what is accepted", Share: 4}, {Title: "accepted by", Share: 1.5}, {Title: "until", Share: 1.2}}}
	for _, r := range t.rec.Risks {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(r.Action), Mono: r.Action != ""}, {Text: words.Plain(r.What)}, orEmpty(words.Plain(r.By)), orEmpty(words.Plain(r.Until))})
	}
	return dossier.Section{ID: "risks", Title: "Accepted risks", Blocks: []dossier.Block{table}}
}

// before is what was overdue or open when play was over, and what became worse.
func (t *teller) before() dossier.Section {
	s := dossier.Section{ID: "before", Title: "Open from before"}
	f := t.rec.Facts
	if f == nil {
		s.Blocks = []dossier.Block{dossier.Paragraph{Text: "Nobody looked it up when play was over.", Tone: dossier.Open}}
		return s
	}
	table := dossier.Table{ID: "standing", Head: []dossier.Column{{Title: "what", Share: 2}, {Title: "looked at", Share: 1.5}, {Title: "found", Share: 4}}}
	add := func(what, where string, looked bool, items []string) {
		found := dossier.Cell{Text: "none", Tone: dossier.Good}
		switch {
		case !looked:
			found = dossier.Cell{Text: "not looked up", Tone: dossier.Open}
		case len(items) > 0:
			found = dossier.Cell{Text: t.sayAll(items), Tone: dossier.Bad}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: what}, {Text: where}, found})
	}
	add("overdue in the programme", cmp.Or(words.Plain(f.Programme), "none"), f.Overdue != nil, f.Overdue)
	add("open actions of earlier exercises, past their date", counted(f.Followed, "exercise"), f.Followed > 0 || len(f.Open) > 0, f.Open)
	add("objectives that became worse", counted(f.Compared, "run")+" before", f.Compared > 0 || len(f.Regressions) > 0, f.Regressions)
	s.Blocks = []dossier.Block{dossier.Paragraph{Text: "As of " + stamp(&f.At) + "."}, table}
	return s
}
