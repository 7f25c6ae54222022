package reports

import (
	"fmt"
	"io"
	"strings"

	"maildrill/reports/dossier"
)

// MarkdownDocument writes a document of several runs as Markdown: what a job or a
// wiki shows. Figures and attached files are left to the page.
func MarkdownDocument(w io.Writer, d dossier.Document) error {
	p := &page{}
	p.linef("# %s", escape(d.Title))
	if v := d.Verdict; v.Word != "" {
		p.linef("\n**%s.** %s", escape(v.Word), escape(v.Why))
	}
	for _, n := range d.Notices {
		p.linef("\n**%s**", escape(n))
	}
	for _, s := range d.Sections {
		p.linef("\n## %s", escape(s.Title))
		for _, b := range s.Blocks {
			p.linef("")
			p.block(b)
		}
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *page) block(b dossier.Block) {
	switch b := b.(type) {
	case dossier.Paragraph:
		p.linef("%s", escape(b.Text))
	case dossier.List:
		for i, item := range b.Items {
			mark := "-"
			if b.Ordered {
				mark = fmt.Sprintf("%d.", i+1)
			}
			p.linef("%s %s", mark, escape(item))
		}
	case dossier.Facts:
		for _, f := range b.Facts {
			p.linef("- %s: %s", escape(f.Name), escape(f.Value))
		}
	case dossier.Table:
		p.rows(b)
	}
}

func (p *page) rows(t dossier.Table) {
	if len(t.Rows) == 0 {
		p.linef("%s", escape(t.Empty))
		return
	}
	var head, rule []string
	for _, c := range t.Head {
		head = append(head, escape(c.Title))
		if c.Right {
			rule = append(rule, "---:")
		} else {
			rule = append(rule, "---")
		}
	}
	p.linef("| %s |\n|%s|", strings.Join(head, " | "), strings.Join(rule, "|"))
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			switch {
			case c.Mono && c.Text != "":
				cells = append(cells, code(c.Text))
			default:
				cells = append(cells, strong(c.Text, c.Tone == dossier.Bad && c.Text != ""))
			}
		}
		p.linef("| %s |", strings.Join(cells, " | "))
	}
}
