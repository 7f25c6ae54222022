package pdf

import (
	"maildrill/reports/dossier"
)

// Letters and lengths of a card.
var (
	cardTitle = letter{bold, 9.5, black}
	cardValue = letter{bold, 12.5, black}
	cardSmall = letter{regular, 7.8, black}
)

const (
	cardSplit = 11.0
	cardWidth = (wide - cardSplit) / 2
	cardPad   = 7.0
	cardEdge  = 4.0
	cardRoom  = cardWidth - 2*cardPad - cardEdge

	cardTallest = 600.0 // with its next line it is no higher than a page
	barTallest  = 80.0
)

// card is one card, measured: parts that are drawn one below the other.
type card struct {
	tone   tone
	link   string
	parts  []cardPart
	height float64
}

type cardPart struct {
	height float64
	draw   func(p *press, x, y float64)
}

// cards are set two beside each other; both are as high as the higher one.
func (s *setter) cards(b dossier.Cards) []piece {
	shown := b.Cards[:min(len(b.Cards), cardBound)]
	var out []piece
	for len(shown) > 0 {
		n := min(2, len(shown))
		out = append(out, s.pair(shown[:n]))
		shown = shown[n:]
	}
	if len(out) > 0 {
		out[0].gap = 8
	}
	return append(out, s.rest(len(b.Cards)-cardBound, "card")...)
}

func (s *setter) pair(cards []dossier.Card) piece {
	var pair []card
	h := 0.0
	for _, c := range cards {
		pair = append(pair, s.card(c))
		h = max(h, pair[len(pair)-1].height)
	}
	return piece{gap: 8, height: h, draw: func(p *press, x, y float64) {
		for _, c := range pair {
			p.card(c, x, y, h)
			x += cardWidth + cardSplit
		}
	}}
}

func (s *setter) card(c dossier.Card) card {
	out := card{tone: toneOf(c.Verdict.Tone), link: c.Link, height: 2 * cardPad}
	out.add(s.cardHead(c, out.tone))
	out.add(s.cardLines(cardValue, c.Value, 2))
	out.add(s.cardLines(cardSmall.in(grey), c.Target, 1))
	if c.Bar != nil {
		out.add(s.bar(c))
	}
	out.add(s.cardLines(cardSmall, c.Verdict.Why, 2))
	for i, line := range c.Lines {
		if i == lineBound || out.height > cardTallest {
			s.left += len(c.Lines) - i
			out.add(s.cardLines(cardSmall.in(grey), more(len(c.Lines)-i, "line")+".", 1))
			break
		}
		out.add(s.cardLines(cardSmall.in(grey), line, 1))
	}
	return out
}

func (c *card) add(p cardPart) {
	if p.height > 0 {
		c.parts = append(c.parts, p)
		c.height += p.height
	}
}

// cardHead has the name and, at its right, the word of the verdict.
func (s *setter) cardHead(c dossier.Card, t tone) cardPart {
	word := s.metrics.short(smallB, s.line(c.Verdict.Word, shortBound), cardRoom/2)
	taken := s.metrics.width(smallB, word)
	if t.sign != noSign {
		taken += 12
	}
	lines := s.metrics.wrap(cardTitle, s.line(c.Title, labelBound), cardRoom-taken-6)
	return cardPart{float64(len(lines))*cardTitle.lead() + 2, func(p *press, x, y float64) {
		p.lines(cardTitle, x, y, lines)
		p.textRight(smallB.in(t.dark), x+cardRoom, y+cardTitle.rise(), word)
		p.sign(t.sign, x+cardRoom-taken+4, y+cardTitle.lead()/2, 8.5, t.dark, white)
	}}
}

func (s *setter) cardLines(l letter, text string, gap float64) cardPart {
	if text == "" {
		return cardPart{}
	}
	lines := s.metrics.wrap(l, s.line(text, labelBound), cardRoom)
	return cardPart{float64(len(lines))*l.lead() + gap, func(p *press, x, y float64) {
		p.lines(l, x, y+gap, lines)
	}}
}

func (s *setter) bar(c dossier.Card) cardPart {
	scale := fitting(*c.Bar, cardRoom, barTallest)
	return cardPart{c.Bar.Height*scale + 4, func(p *press, x, y float64) {
		s.figure(p, *c.Bar, x, y+2, scale)
	}}
}

func (p *press) card(c card, x, y, h float64) {
	p.link(c.link, x, y, cardWidth, h)
	p.box(x, y, cardEdge, h, c.tone.dark)
	p.frame(x, y, cardWidth, h, 0.6, rule)
	x, y = x+cardEdge+cardPad, y+cardPad
	for _, part := range c.parts {
		part.draw(p, x, y)
		y += part.height
	}
}
