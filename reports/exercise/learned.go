package exercise

import (
	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// strengths are from the hot wash, with what else was said in it.
func (t *teller) strengths() dossier.Section {
	s := dossier.Section{ID: "strengths", Title: "Strengths, and what people said right after"}
	if len(t.rec.HotWash) == 0 {
		s.Blocks = []dossier.Block{dossier.Paragraph{Text: "There was no hot wash: nobody was asked.", Tone: dossier.Open}}
		return s
	}
	for _, q := range []struct {
		title  string
		answer func(exercise.HotWash) string
	}{
		{"What went well", func(h exercise.HotWash) string { return h.WentWell }},
		{"What surprised", func(h exercise.HotWash) string { return h.Surprised }},
		{"What slowed people down", func(h exercise.HotWash) string { return h.Slowed }},
		{"What should change", func(h exercise.HotWash) string { return h.Change }},
	} {
		table := dossier.Table{Caption: q.title, Empty: "Nobody said anything.", Head: []dossier.Column{{Title: "role"}, {Title: "said", Share: 5}}}
		for _, h := range t.rec.HotWash {
			if said := t.say(q.answer(h)); said != "" {
				table.Rows = append(table.Rows, []dossier.Cell{{Text: t.who(h.By, h.Role)}, {Text: said}})
			}
		}
		s.Blocks = append(s.Blocks, table)
	}
	return s
}

func (t *teller) findings() dossier.Section {
	table := dossier.Table{ID: "finding-table", Empty: "None was written down.", Head: []dossier.Column{{Title: "id"}, {Title: "severity"}, {Title: "what was observed", Share: 3}, {Title: "analysis", Share: 2}, {Title: "root cause", Share: 2}, {Title: "plan"}, {Title: "found by"}}}
	for _, f := range t.rec.Findings {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(f.ID), Mono: true}, orEmpty(words.Plain(f.Severity)), {Text: t.say(f.Text)}, orEmpty(t.say(f.Analysis)), orEmpty(t.say(f.Cause)), orEmpty(t.say(f.Section)), {Text: t.who(f.By, "")}})
	}
	return dossier.Section{ID: "findings", Title: "Findings", Blocks: []dossier.Block{table}}
}

// orEmpty is a cell that says so where nobody filled it.
func orEmpty(text string) dossier.Cell {
	if text == "" {
		return dossier.Cell{Text: "EMPTY", Tone: dossier.Open}
	}
	return dossier.Cell{Text: text}
}

// ratingWords are the ratings of HSEEP.
var ratingWords = map[string]struct {
	word string
	tone dossier.Tone
}{
	"P": {"performed without challenges", dossier.Good}, "S": {"performed with some challenges", dossier.Good},
	"M": {"performed with major challenges", dossier.Open}, "U": {"unable to be performed", dossier.Bad},
}

func (t *teller) ratings() dossier.Section {
	table := dossier.Table{ID: "rating-table", Empty: "Nothing was rated.", Head: []dossier.Column{{Title: "capability", Share: 2}, {Title: "rating", Share: 2}, {Title: "why", Share: 3}, {Title: "rated by"}}}
	for _, r := range t.rec.Ratings {
		said, ok := ratingWords[r.Rating]
		if !ok {
			said.word, said.tone = "no rating of the scale", dossier.Open
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: t.say(r.Capability)}, {Text: words.Plain(r.Rating) + ": " + said.word, Tone: said.tone}, orEmpty(t.say(r.Why)), {Text: t.who(r.By, "")}})
	}
	return dossier.Section{ID: "ratings", Title: "Ratings of capabilities", Blocks: []dossier.Block{table}}
}
