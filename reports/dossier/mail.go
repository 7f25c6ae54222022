package dossier

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// mail is what became of every copy. The numbers add up, in print.
func mail(s Source) Section {
	r := s.Record
	section := Section{ID: "mail", Title: "Mail"}
	section.Blocks = append(section.Blocks, Paragraph{Text: "A copy is one recipient of one message."})
	if wrong := words.Unbalanced(r.Accounting); wrong != "" {
		section.Blocks = append(section.Blocks, Paragraph{Text: wrong, Tone: Bad})
	}
	sums := sumTable(r.Accounting)
	if f := figure.Accounting(r); f.Draw != nil {
		section.Blocks = append(section.Blocks, Picture{Figure: f, Wide: true, Caption: "The way of all copies; widths are numbers of copies, and what is few is drawn wider than it is."})
	}
	section.Blocks = append(section.Blocks, sums)
	if beside := besideTable(r.Accounting); len(beside.Rows) > 0 {
		section.Blocks = append(section.Blocks, beside)
	}
	if facts := grades(r); len(facts.Facts) > 0 {
		section.Blocks = append(section.Blocks, facts)
	}
	if len(r.Problems) > 0 {
		section.Blocks = append(section.Blocks, classTable(r))
	}
	if len(s.Chronicle.Problems.Copies) > 0 {
		section.Blocks = append(section.Blocks, copyTable(s))
	}
	return section
}

// count is a cell that is neutral if there are none.
func count(n int, t Tone) Cell {
	if n == 0 {
		t = Neutral
	}
	return Cell{Text: fmt.Sprint(n), Tone: t}
}

// fateTones are what a number above zero means; others are neutral.
var fateTones = map[string]Tone{"delivered": Good, "accepted": Neutral, "LOST": Bad, "damaged": Bad, "unknown": Open, "in doubt": Open,
	"in the wrong mailbox": Bad, "lost, but on a disk": Bad, "duplicates": Open, "delivered though refused": Bad, "back after deletion": Bad, "unreadable": Bad}

func sumTable(a record.Accounting) Table {
	t := Table{ID: "sums", Caption: "The accounts", Head: []Column{{Title: "", Share: 0.2}, {Title: "copies", Share: 2}, {Title: "number", Right: true}, {Title: "share", Right: true}}}
	for _, sum := range words.Sums(a) {
		t.Rows = append(t.Rows, []Cell{{}, {Text: strings.ToUpper(sum.Whole.Word)}, {Text: fmt.Sprint(sum.Whole.N)}, {}})
		for i, p := range sum.Parts {
			sign := "+"
			if i == 0 {
				sign = "="
			}
			t.Rows = append(t.Rows, []Cell{{Text: sign}, {Text: p.Word}, count(p.N, fateTones[p.Word]), {Text: share(p.N, sum.Whole.N)}})
		}
	}
	return t
}

// share is a percentage that never rounds a few to none, nor almost all to all.
func share(n, of int) string {
	switch {
	case of == 0 || n == 0:
		return ""
	case n == of:
		return "100 %"
	}
	p := 100 * float64(n) / float64(of)
	if p < 0.01 {
		return "< 0.01 %"
	}
	return fmt.Sprintf("%.2f %%", min(p, 99.99))
}

func besideTable(a record.Accounting) Table {
	t := Table{ID: "beside", Caption: "Beside the sums", Head: []Column{{Title: "copies", Share: 3}, {Title: "number", Right: true}}}
	for _, p := range words.Beside(a) {
		if p.N != 0 {
			t.Rows = append(t.Rows, []Cell{{Text: p.Word}, count(p.N, fateTones[p.Word])})
		}
	}
	return t
}

// gradeWords say how well a loss is proven.
var gradeWords = map[string]string{
	"L2": "lost, inferred: two readings of every mailbox and every queue agree", "L3": "lost, and a later copy by the same way arrived",
	"L4": "lost, and in no file of any volume",
}

func grades(r record.Record) Facts {
	var f Facts
	for _, g := range slices.Sorted(maps.Keys(r.LossGrades)) {
		f.Facts = append(f.Facts, Fact{Name: cmp.Or(gradeWords[g], words.Plain(g)), Value: fmt.Sprint(r.LossGrades[g]), Tone: Bad})
	}
	for _, c := range slices.Sorted(maps.Keys(r.DuplicateCauses)) {
		f.Facts = append(f.Facts, Fact{Name: "duplicates: " + words.Plain(c), Value: fmt.Sprint(r.DuplicateCauses[c])})
	}
	return f
}

func classTable(r record.Record) Table {
	t := Table{ID: "problems", Caption: "Problems", Head: []Column{{Title: "what", Share: 1.5}, {Title: "copies", Right: true}, {Title: "sequence numbers", Share: 3}, {Title: "note", Share: 3}}}
	for _, p := range r.Problems {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(p.Class)}, {Text: fmt.Sprint(p.Count)}, {Text: words.Plain(p.Seqs), Mono: true}, {Text: words.Plain(p.Note)}})
	}
	return t
}

func copyTable(s Source) Table {
	p := s.Chronicle.Problems
	t := Table{ID: "copies", Caption: fmt.Sprintf("Problem copies, %d", p.Total), Search: true, Head: []Column{{Title: "fate", Share: 1.4}, {Title: "copy", Right: true}, {Title: "recipient", Share: 1.8},
		{Title: "due", Right: true}, {Title: "answered", Right: true}, {Title: "by"}, {Title: "reply", Share: 2.5}, {Title: "last seen", Share: 2.5}}}
	if shown := len(p.Copies); shown < p.Total {
		t.Caption = fmt.Sprintf("Problem copies, %d of %d; maildrill ledger export prints all", shown, p.Total)
	}
	for _, c := range p.Copies {
		t.Rows = append(t.Rows, copyRow(c))
	}
	return t
}

func copyRow(c chronicle.ProblemCopy) []Cell {
	name := fmt.Sprint(c.Seq)
	if c.Rcpt > 0 {
		name += "." + fmt.Sprint(c.Rcpt)
	}
	fate := strings.Join(append([]string{words.Plain(c.Class)}, c.Also...), ", ")
	return []Cell{
		{Text: words.Plain(fate), Tone: classTone(c.Class)}, {Text: name, ID: "copy-" + strings.ReplaceAll(name, ".", "-")}, {Text: words.Plain(c.Recipient), Mono: true},
		{Text: fmt.Sprintf("%.3f", c.Due)}, moment(c.Answered), {Text: words.Plain(c.Node)}, {Text: words.Plain(reply(c))}, {Text: words.Plain(trail(c))},
	}
}

func classTone(class string) Tone {
	switch class {
	case "duplicated", "late", "unknown", "deferred", "quarantined", "notified":
		return Open
	}
	return Bad
}

func moment(at *float64) Cell {
	if at == nil {
		return Cell{Text: "never"}
	}
	return Cell{Text: fmt.Sprintf("%.3f", *at)}
}

func reply(c chronicle.ProblemCopy) string {
	said := c.Reply
	if c.Code != 0 && !strings.HasPrefix(said, fmt.Sprint(c.Code)) {
		said = strings.TrimSpace(fmt.Sprintf("%d %s %s", c.Code, c.Enhanced, said))
	}
	return said
}

// trail is the way of a copy as far as it is known.
func trail(c chronicle.ProblemCopy) string {
	var said []string
	for _, seen := range c.Seen {
		what := fmt.Sprintf("%s UID %d", seen.Mailbox, seen.UID)
		if len(seen.Hops) > 0 {
			what += " by " + strings.Join(seen.Hops, " > ")
		}
		if seen.Detail != "" {
			what += " (" + seen.Detail + ")"
		}
		said = append(said, what)
	}
	for _, q := range c.Queued {
		said = append(said, "queue of "+q)
	}
	said = append(said, c.Notices...)
	for _, f := range c.Found {
		said = append(said, "file "+f.Path+" of "+f.Node)
	}
	if len(said) == 0 && c.LastHop != "" {
		said = append(said, c.LastHop)
	}
	return cmp.Or(strings.Join(said, "; "), "nowhere")
}
