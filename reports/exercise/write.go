package exercise

import (
	"io"
	"slices"

	"maildrill/harness/exercise"
	"maildrill/reports"
	"maildrill/reports/dossier"
	"maildrill/reports/html"
	"maildrill/reports/pdf"
)

// HTML writes the after-action report as a page.
func HTML(w io.Writer, rec exercise.Record, events []exercise.Event) error {
	return html.Write(w, Document(rec, events))
}

// PDF writes the after-action report on paper.
func PDF(w io.Writer, rec exercise.Record, events []exercise.Event) error {
	return pdf.Write(w, Document(rec, events))
}

// Markdown writes the after-action report for a wiki.
func Markdown(w io.Writer, rec exercise.Record, events []exercise.Event) error {
	return reports.MarkdownDocument(w, plain(Document(rec, events)))
}

// plain puts into tables and paragraphs what Markdown has no other form for here,
// so that nothing of the report is left out of it but pictures.
func plain(d dossier.Document) dossier.Document {
	sections := slices.Clone(d.Sections)
	for i, s := range sections {
		var blocks []dossier.Block
		for _, b := range s.Blocks {
			blocks = append(blocks, written(b)...)
		}
		sections[i].Blocks = blocks
	}
	d.Sections = sections
	return d
}

// written is a block as Markdown can say it.
func written(b dossier.Block) []dossier.Block {
	switch b := b.(type) {
	case dossier.Cards:
		return []dossier.Block{cardTable(b)}
	case dossier.Picture:
		return nil // the tables say it
	case dossier.Table:
		if b.Caption != "" {
			return []dossier.Block{dossier.Paragraph{Text: b.Caption + ":"}, b}
		}
	}
	return []dossier.Block{b}
}

func cardTable(c dossier.Cards) dossier.Table {
	t := dossier.Table{Head: []dossier.Column{{Title: "check"}, {Title: "verdict"}, {Title: "measured"}, {Title: "why"}}}
	for _, one := range c.Cards {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: one.Title}, {Text: one.Verdict.Word, Tone: one.Verdict.Tone}, {Text: one.Value}, {Text: one.Verdict.Why}})
	}
	return t
}
