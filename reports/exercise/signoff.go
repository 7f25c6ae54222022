package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// signers are those who have a line to sign on, whatever else.
var signers = []string{"owner", "reviewer", "business-owner"}

// line is where somebody writes by hand.
var line = strings.Repeat("_", 18)

// signOff is the last of the places that name people.
func (t *teller) signOff() dossier.Section {
	keys := dossier.Table{ID: "signatures", Caption: "Signatures with keys", Empty: "None: this is a draft.", Head: []dossier.Column{{Title: "role"}, {Title: "name", Share: 1.3}, {Title: "when", Share: 1.5}, {Title: "has a part in the exercise"}, {Title: "sha256 of the exercise.json that was signed", Share: 3}}}
	var digests []string
	for _, s := range t.rec.Signatures {
		keys.Rows = append(keys.Rows, []dossier.Cell{{Text: words.Plain(s.Role)}, {Text: words.Plain(s.Name)}, {Text: stamp(&s.At)}, {Text: t.hasPart(s.Name)}, {Text: words.Plain(s.Record), Mono: true}})
		digests = append(digests, s.Record)
	}
	slices.Sort(digests)
	s := dossier.Section{ID: "signoff", Title: "Sign-off", Blocks: []dossier.Block{keys}}
	if len(slices.Compact(digests)) > 1 {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "The signatures are over different states of the record: something was added between them.", Tone: dossier.Open})
	}
	s.Blocks = append(s.Blocks, t.handTable())
	return s
}

// hasPart says whether a signer is independent of the exercise.
func (t *teller) hasPart(name string) string {
	for _, p := range t.rec.People {
		if k := key(name); k != "" && (k == key(p.Name) || k == key(p.Acted) || k == key(p.Deputy)) {
			return "yes: " + words.Plain(p.Role)
		}
	}
	return "no: independent"
}

// handTable are the lines for signatures by hand.
func (t *teller) handTable() dossier.Table {
	table := dossier.Table{ID: "by-hand", Caption: "Signatures by hand", Head: []dossier.Column{{Title: "role"}, {Title: "name", Share: 1.5}, {Title: "date"}, {Title: "signature", Share: 2}}}
	for _, role := range signers {
		name := line
		for _, p := range t.rec.People {
			if p.Role == role && cmp.Or(p.Acted, p.Name) != "" {
				name = words.Plain(cmp.Or(p.Acted, p.Name))
			}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: role}, {Text: name}, {Text: line[:12]}, {Text: line}})
	}
	return table
}

// integrity says what the report rests on, and how to check that.
func (t *teller) integrity() dossier.Section {
	r := t.rec
	facts := dossier.Facts{Facts: []dossier.Fact{
		{Name: "lines of the log (E25)", Value: fmt.Sprint(r.Events)},
		{Name: "head: sha256 of the last line", Value: cmp.Or(words.Plain(r.Head), "EMPTY"), Mono: true},
		{Name: "sha256 of the game day", Value: cmp.Or(words.Plain(r.SHA256), "EMPTY"), Mono: true},
		{Name: "schema", Value: cmp.Or(words.Plain(r.Schema), "EMPTY"), Mono: true},
	}}
	if d := r.Drill; d != nil {
		facts.Facts = append(facts.Facts, dossier.Fact{Name: "sha256 of the drill's record.json", Value: cmp.Or(words.Plain(d.SHA256), "EMPTY"), Mono: true})
	}
	if f := r.Facts; f != nil {
		facts.Facts = append(facts.Facts, dossier.Fact{Name: "sha256 of the topology", Value: cmp.Or(words.Plain(f.Topology), "EMPTY"), Mono: true})
	}
	s := dossier.Section{ID: "integrity", Title: "Integrity", Blocks: []dossier.Block{facts}}
	if n := len(t.log); n != 0 && n != r.Events {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: fmt.Sprintf("The log that this report was made with has %s, the record speaks of %d.", counted(n, "line"), r.Events), Tone: dossier.Bad})
	}
	s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "How to check it:"}, dossier.List{Ordered: true, Items: []string{
		"Each line of the log carries the SHA-256 of the line before it. Take the lines one by one, without their line feeds: each digest stands in the next line, and that of the last line is the head above.",
		"The record is a function of these lines: made again from the log, exercise.json is the same, byte for byte.",
		"Each signature with a key is over exercise.json as it was then: its SHA-256 stands beside the signature.",
		"The foot of every page has the first letters of the head: a printed page is a witness too.",
	}})
	return s
}
