package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"maildrill/reports/dossier"
)

// Write writes a document as PDF. The same document is the same bytes. Errors
// are those of w, or a defect of the document: two attachments of one name.
func Write(w io.Writer, d dossier.Document) error {
	m, err := newMetrics()
	if err != nil {
		return err
	}
	s := &setter{script: &script{metrics: m}, metrics: m}
	p := newPress(m, d.Date)
	s.describe(p, d)
	p.expect(anchors(d))
	s.print(p, d)
	var raw bytes.Buffer
	if err := p.file.Output(&raw); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	out, err := finish(raw.Bytes(), d.Attached)
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	_, err = w.Write(out)
	return err
}

func (s *setter) describe(p *press, d dossier.Document) {
	quiet := s.quiet()
	p.file.SetTitle(quiet.line(d.Title, titleBound), true)
	p.file.SetSubject(quiet.line(d.Kind+": "+d.Verdict.Word, titleBound), true)
	p.file.SetAuthor("maildrill", true)
	p.file.SetCreator("maildrill", true)
	p.file.SetKeywords(quiet.line(d.Footer, titleBound), true)
	p.file.SetLang("en")
}

func (s *setter) print(p *press, d dossier.Document) {
	f := &folio{press: p}
	f.place(s.cover(d))
	for _, sec := range d.Sections {
		f.place(s.section(sec))
	}
	foot := s.line(d.Footer, titleBound)
	f.place(s.losses(d.Attached))
	f.end()
	p.number()
	s.running(p, d, foot)
	p.bind()
}

// anchors are all that a document names.
func anchors(d dossier.Document) []string {
	var ids []string
	table := func(t dossier.Table) {
		ids = append(ids, t.ID)
		for _, row := range t.Rows[:min(len(t.Rows), rowBound)] {
			for _, c := range row {
				ids = append(ids, c.ID)
			}
		}
	}
	for _, sec := range d.Sections {
		ids = append(ids, sec.ID)
		for _, b := range sec.Blocks {
			switch b := b.(type) {
			case dossier.Table:
				table(b)
			case dossier.Picture:
				ids = append(ids, b.ID)
				if b.Twin != nil {
					table(*b.Twin)
				}
			case dossier.Cards:
				for _, c := range b.Cards {
					if c.Bar != nil {
						ids = append(ids, c.Bar.ID)
					}
				}
			}
		}
	}
	return ids
}

// losses tells what of the document's words could not be kept.
func (s *setter) losses(attached []dossier.Attachment) []piece {
	var what []string
	add := func(n int, one, several string) {
		switch {
		case n == 1:
			what = append(what, "1 "+one)
		case n > 1:
			what = append(what, fmt.Sprintf("%d %s", n, several))
		}
	}
	add(s.undrawn, "character could not be drawn and stands as its number or as \uFFFD", "characters could not be drawn and stand as their numbers or as \uFFFD")
	add(s.cut, "text was cut and ends in “…”", "texts were cut and end in “…”")
	add(s.left, "row, item or line was left out", "rows, items or lines were left out")
	if len(what) == 0 {
		return nil
	}
	whole := "The record of the run has them whole."
	for _, a := range attached {
		if a.Name == "record.json" {
			whole = "The attached record.json has them whole."
		}
	}
	return s.paragraph(dossier.Paragraph{Text: "About this document: " + strings.Join(what, "; ") + ". " + whole, Tone: dossier.Open})
}
