package pdf

import (
	"fmt"
	"strings"

	"maildrill/reports/dossier"
)

func (s *setter) paragraph(b dossier.Paragraph) []piece {
	t := toneOf(b.Tone)
	text, indent := s.line(b.Text, proseBound), 0.0
	if t.sign != noSign {
		indent = 18
	}
	out := s.prose(text, indent, func(p *press, x, y float64, first bool) {
		if t.sign == noSign {
			return
		}
		p.box(x, y, 2, body.lead()+.3, t.dark)
		if first {
			p.sign(t.sign, x+10, y+body.lead()/2, 8.5, t.dark, white)
		}
	})
	out[0].gap = 7
	out[len(out)-1].keep = strings.HasSuffix(text, ":") // it announces what follows
	return out
}

// prose sets running text line by line: two lines at least stay together, at the
// foot of a page and at its top. What stands in the indent is drawn beside each.
func (s *setter) prose(text string, indent float64, beside func(p *press, x, y float64, first bool)) []piece {
	lines := s.metrics.wrap(body, text, wide-indent)
	out := make([]piece, len(lines))
	for i, line := range lines {
		out[i] = piece{height: body.lead(), keep: i == 0 && len(lines) > 1 || i > 0 && i == len(lines)-2,
			draw: func(p *press, x, y float64) {
				beside(p, x, y, i == 0)
				p.text(body, x+indent, y+body.rise(), line)
			}}
	}
	return out
}

func (s *setter) list(b dossier.List) []piece {
	var out []piece
	for i, item := range b.Items[:min(len(b.Items), itemBound)] {
		mark, indent := "•", 14.0
		if b.Ordered {
			mark, indent = fmt.Sprintf("%d.", i+1), 10+s.metrics.width(body, fmt.Sprint(len(b.Items)))
		}
		lines := s.prose(s.line(item, proseBound), indent, func(p *press, x, y float64, first bool) {
			if first {
				p.textRight(body, x+indent-5, y+body.rise(), mark)
			}
		})
		lines[0].gap = 3
		if last := i == len(b.Items)-1; last && len(out) > 0 {
			out[len(out)-1].keep = true // no item alone on a page
		}
		out = append(out, lines...)
	}
	if len(out) > 0 {
		out[0].gap = 7
	}
	return append(out, s.rest(len(b.Items)-itemBound, "item")...)
}

// codePad is above and below lines of code, and beside them.
const codePad = 6.0

// codeBox keeps every letter; a line that is too long goes on below, which a mark
// in the margin shows.
func (s *setter) codeBox(b dossier.Code) []piece {
	edge := codeEdge(7, 0)
	out := []piece{edge}
	for _, line := range s.code(b.Text, codeBound) {
		for i, part := range s.metrics.chop(fixed75, line, wide-2*codePad-8) {
			p := codeLine(part, i > 0)
			p.head = &edge
			out = append(out, p)
		}
	}
	for i := range out {
		out[i].keep = i == 0 || i >= len(out)-2
	}
	out = append(out, codeEdge(0, codePad))
	together(out)
	return out
}

func codeLine(text string, goesOn bool) piece {
	h := fixed75.lead()
	return piece{height: h, draw: func(p *press, x, y float64) {
		p.box(x, y-.1, wide, h+.2, faint)
		if goesOn {
			p.text(fixed75.in(grey), x+codePad-3, y+fixed75.rise(), "»")
		}
		p.text(fixed75, x+codePad+4, y+fixed75.rise(), text)
	}}
}

// codeEdge is the ground above or below lines of code, with a rule so far down.
func codeEdge(gap, at float64) piece {
	return piece{gap: gap, height: codePad, draw: func(p *press, x, y float64) {
		p.box(x, y-.1, wide, codePad+.2, faint)
		p.line(x, y+at, x+wide, y+at, 0.6, rule)
	}}
}
