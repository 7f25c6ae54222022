package pdf

import (
	"fmt"

	"maildrill/reports/dossier"
)

// Letters of the parts of a document.
var (
	heading = letter{bold, 13.5, black}
	caption = letter{bold, 9.5, black}
	body    = letter{regular, 9.5, black}
	small   = letter{regular, 8, black}
	smallB  = letter{bold, 8, black}
	fixed75 = letter{mono, 7.4, black}
	aside   = letter{regular, 8, grey}
)

// setter makes pieces of what a document says.
type setter struct {
	*script
	metrics *metrics
}

func (s *setter) section(sec dossier.Section) []piece {
	out := s.heading(sec)
	for _, b := range sec.Blocks {
		out = append(out, s.block(b)...)
	}
	out[len(out)-1].keep = false
	return out
}

func (s *setter) heading(sec dossier.Section) []piece {
	title := s.line(sec.Title, titleBound)
	lines := s.metrics.wrap(heading, title, wide)
	h := float64(len(lines))*heading.lead() + 8
	return []piece{{gap: 18, height: h, keep: true, draw: func(p *press, x, y float64) {
		p.anchor(sec.ID, y)
		p.bookmark(p.metrics.short(small, title, 400), 0, y)
		p.lines(heading, x, y, lines)
		p.line(x, y+h-4, x+wide, y+h-4, 0.8, rule)
	}}}
}

func (s *setter) block(b dossier.Block) []piece {
	switch b := b.(type) {
	case dossier.Paragraph:
		return s.paragraph(b)
	case dossier.List:
		return s.list(b)
	case dossier.Table:
		return s.table(b)
	case dossier.Picture:
		return s.picture(b)
	case dossier.Cards:
		return s.cards(b)
	case dossier.Facts:
		return s.facts(b.Facts)
	case dossier.Code:
		return s.codeBox(b)
	}
	return s.paragraph(dossier.Paragraph{Text: fmt.Sprintf("This part cannot be printed (%T).", b), Tone: dossier.Open})
}

// lines draws lines of words, one below the other, and returns where they end.
func (p *press) lines(l letter, x, y float64, lines []string) float64 {
	for _, line := range lines {
		p.text(l, x, y+l.rise(), line)
		y += l.lead()
	}
	return y
}

// caption names a table or a picture, and keeps with it. Marked: it is a
// bookmark too.
func (s *setter) caption(id, text string, marked bool) piece {
	lines := s.metrics.wrap(caption, text, wide)
	if text == "" {
		lines = nil
	}
	height := float64(len(lines))*caption.lead() + 3
	return piece{gap: 12, height: height, keep: true, draw: func(p *press, x, y float64) {
		p.anchor(id, y)
		if text != "" && marked {
			p.bookmark(p.metrics.short(small, text, 400), 1, y)
		}
		p.lines(caption, x, y, lines)
	}}
}

// rest says how many there are more than what is drawn: "row" with its "s".
func (s *setter) rest(left int, what string) []piece {
	if left <= 0 {
		return nil
	}
	s.left += left
	return s.remark(more(left, what) + ".")
}

func more(left int, what string) string {
	if left != 1 {
		what += "s"
	}
	return fmt.Sprintf("… and %d more %s", left, what)
}

// remark is a lesser line of words.
func (s *setter) remark(text string) []piece {
	return []piece{{gap: 2, height: aside.lead() + 2, draw: func(p *press, x, y float64) {
		p.text(aside, x, y+aside.rise(), text)
	}}}
}
