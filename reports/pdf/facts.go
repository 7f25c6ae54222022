package pdf

import "maildrill/reports/dossier"

// fact is a name with its value, as lines.
type fact struct {
	name   []string
	value  []string
	letter letter
	tone   tone
}

// facts are names with values; two beside each other where all are short.
func (s *setter) facts(all []dossier.Fact) []piece {
	const nameRoom, split = 128.0, 12.0
	shown := all[:min(len(all), factBound)]
	columns, room := 1, wide
	if half := (wide - split) / 2; s.allShort(shown, nameRoom-20, half-nameRoom) {
		columns, room = 2, half
	}
	var out []piece
	rows := (len(shown) + columns - 1) / columns
	for row := range rows {
		var line []fact
		for i := row; i < len(shown); i += rows {
			line = append(line, s.fact(shown[i], nameRoom-8, room-nameRoom))
		}
		out = append(out, factRow(line, nameRoom, room+split, room))
	}
	together(out)
	if len(out) > 0 {
		out[0].gap = 7
	}
	return append(out, s.rest(len(all)-factBound, "fact")...)
}

func (s *setter) allShort(all []dossier.Fact, nameRoom, room float64) bool {
	for _, f := range all {
		if len(f.Name) > 60 || len(f.Value) > 100 {
			return false
		}
		if s.metrics.width(aside, f.Name) > nameRoom || s.metrics.width(factLetter(f), f.Value) > room-12 {
			return false
		}
	}
	return len(all) > 3
}

func factLetter(f dossier.Fact) letter {
	if f.Mono {
		return fixed75
	}
	return small
}

func (s *setter) fact(f dossier.Fact, nameRoom, room float64) fact {
	t := toneOf(f.Tone)
	l := factLetter(f).in(t.dark)
	if t.sign != noSign {
		room -= 11
	}
	return fact{
		name:   s.metrics.wrap(aside, s.line(f.Name, shortBound), nameRoom),
		value:  s.metrics.wrap(l, s.line(f.Value, cellBound), room),
		letter: l, tone: t,
	}
}

// factRow draws facts beside each other, each so far from the one before.
func factRow(line []fact, nameRoom, step, room float64) piece {
	const pad = 3.0
	h := 0.0
	for _, f := range line {
		h = max(h, float64(max(len(f.name), len(f.value)))*small.lead()+2*pad)
	}
	return piece{height: h, draw: func(p *press, x, y float64) {
		for _, f := range line {
			p.lines(aside, x, y+pad, f.name)
			p.toned(f.tone, f.letter, x+nameRoom, y+pad, f.value)
			p.line(x, y+h, x+room, y+h, 0.4, rule)
			x += step
		}
	}}
}

// toned draws lines of words behind the sign of their tone, if it has one.
func (p *press) toned(t tone, l letter, x, y float64, lines []string) {
	if t.sign != noSign {
		p.sign(t.sign, x+4, y+l.lead()/2, 7.5, t.dark, white)
		x += 11
	}
	p.lines(l, x, y, lines)
}
