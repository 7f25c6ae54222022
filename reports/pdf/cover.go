package pdf

import "maildrill/reports/dossier"

// Letters of the cover.
var (
	kind        = letter{bold, 9, grey}
	title       = letter{bold, 21, black}
	verdictWord = letter{bold, 23, black}
	verdictWhy  = letter{regular, 10, black}
	notice      = letter{bold, 9.5, black}
	chipName    = letter{regular, 7.4, grey}
	chipValue   = letter{regular, 9, black}
)

// cover is the answer: what the document is, its verdict, what nobody may
// overlook, and a few facts.
func (s *setter) cover(d dossier.Document) []piece {
	out := s.title(d)
	if d.Verdict.Word != "" {
		out = append(out, s.verdict(d.Verdict))
	}
	for _, n := range d.Notices {
		out = append(out, s.notice(n))
	}
	out = append(out, s.chips(d.Chips)...)
	return append(out, s.contents(d.Sections)...)
}

func (s *setter) title(d dossier.Document) []piece {
	above := s.metrics.short(kind, s.line(d.Kind, shortBound), wide)
	lines := s.metrics.wrap(title, s.line(d.Title, titleBound), wide)
	h := kind.lead() + 4 + float64(len(lines))*title.lead() + 6
	return []piece{{height: h, keep: true, draw: func(p *press, x, y float64) {
		p.text(kind, x, y+kind.rise(), above)
		p.lines(title, x, y+kind.lead()+4, lines)
	}}}
}

// verdict is a band with the shape, the word and the sentence.
func (s *setter) verdict(v dossier.Verdict) piece {
	const block, pad = 58.0, 11.0
	t := toneOf(v.Tone)
	room := wide - block - 2*pad
	word := s.metrics.wrap(verdictWord, s.line(v.Word, shortBound), room)
	why := s.metrics.wrap(verdictWhy, s.line(v.Why, commentBound), room)
	if v.Why == "" {
		why = nil
	}
	h := max(block, 2*pad+float64(len(word))*verdictWord.lead()+float64(len(why))*verdictWhy.lead())
	return piece{gap: 6, height: h, draw: func(p *press, x, y float64) {
		p.box(x, y, wide, h, t.light)
		p.box(x, y, block, h, t.dark)
		p.sign(t.sign, x+block/2, y+h/2, 34, white, t.dark)
		p.frame(x, y, wide, h, 0.9, t.dark)
		y = p.lines(verdictWord.in(t.dark), x+block+pad, y+pad-2, word)
		p.lines(verdictWhy, x+block+pad, y+1, why)
	}}
}

// notice is a box with a hatched edge: it cannot be taken for decoration.
func (s *setter) notice(text string) piece {
	const edge, pad = 16.0, 7.0
	lines := s.metrics.wrap(notice, s.line(text, titleBound), wide-edge-2*pad)
	h := float64(len(lines))*notice.lead() + 2*pad - 1
	return piece{gap: 8, height: h, draw: func(p *press, x, y float64) {
		p.box(x, y, wide, h, 0xfff8e6)
		p.save("")
		p.draw(p.pen().rect(x, y, edge, h), "W n")
		p.hatch(rising, x, y, edge, h, 6, 2.6, black)
		p.restore()
		p.frame(x, y, wide, h, 1.2, black)
		p.lines(notice, x+edge+pad, y+pad-1, lines)
	}}
}

// chips are a few facts beside each other, as many as go on a line.
func (s *setter) chips(all []dossier.Fact) []piece {
	const split = 18.0
	var out []piece
	var line []chip
	used := 0.0
	for _, f := range all[:min(len(all), factBound)] {
		c := s.chip(f)
		if len(line) > 0 && used+c.width > wide {
			out = append(out, chipRow(line, split))
			line, used = nil, 0
		}
		line = append(line, c)
		used += c.width + split
	}
	if len(line) > 0 {
		out = append(out, chipRow(line, split))
	}
	if len(out) > 0 {
		out[0].gap = 9
	}
	return append(out, s.rest(len(all)-factBound, "fact")...)
}

type chip struct {
	name, value string
	letter      letter
	tone        tone
	width       float64
}

func (s *setter) chip(f dossier.Fact) chip {
	t := toneOf(f.Tone)
	c := chip{letter: chipValue.in(t.dark), tone: t}
	if f.Mono {
		c.letter = letter{mono, 8.2, t.dark}
	}
	extra := 0.0
	if t.sign != noSign {
		extra = 11
	}
	c.name = s.metrics.short(chipName, s.line(f.Name, shortBound), wide)
	c.value = s.metrics.short(c.letter, s.line(f.Value, shortBound), wide-extra)
	c.width = max(s.metrics.width(chipName, c.name), s.metrics.width(c.letter, c.value)+extra)
	return c
}

func chipRow(line []chip, split float64) piece {
	h := chipName.lead() + chipValue.lead() + 5
	return piece{height: h, draw: func(p *press, x, y float64) {
		for i, c := range line {
			if i > 0 {
				p.line(x-split/2, y+2, x-split/2, y+h-5, 0.5, rule)
			}
			p.text(chipName, x, y+chipName.rise(), c.name)
			p.toned(c.tone, c.letter, x, y+chipName.lead()+1, []string{c.value})
			x += c.width + split
		}
	}}
}
