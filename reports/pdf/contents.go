package pdf

import (
	"fmt"

	"maildrill/reports/dossier"
)

// A short document needs no list of its sections; of very many there is no room
// for one.
const (
	contentsFrom    = 4
	contentsMost    = 60
	contentsColumns = 3
	contentsGap     = 20.0
	contentsRoom    = (wide - (contentsColumns-1)*contentsGap) / contentsColumns
)

// entry is a line of the contents: where its page number goes, once it is known.
type entry struct {
	page     int
	x, above float64
}

// contents lists the sections. The numbers of their pages come at the end: see
// [press.number].
func (s *setter) contents(sections []dossier.Section) []piece {
	if len(sections) < contentsFrom || len(sections) > contentsMost {
		return nil
	}
	var titles []string
	for _, sec := range sections {
		titles = append(titles, s.metrics.short(small, s.quiet().line(sec.Title, titleBound), contentsRoom-24))
	}
	rows := (len(titles) + contentsColumns - 1) / contentsColumns
	lead := small.lead() + 1
	return []piece{{gap: 8, height: float64(rows)*lead + 4, draw: func(p *press, x, y float64) {
		p.line(x, y, x+wide, y, 0.5, rule)
		for i, t := range titles {
			left, line := x+float64(i/rows)*(contentsRoom+contentsGap), y+4+float64(i%rows)*lead
			p.text(small, left, line+small.rise(), t)
			p.link(sections[i].ID, left, line, contentsRoom, lead)
			p.places.entries = append(p.places.entries, entry{p.file.PageNo(), left + contentsRoom, p.h - line - small.rise()})
		}
	}}}
}

// number writes the page of each section into the contents.
func (p *press) number() {
	var sections []bookmark
	for _, b := range p.places.bookmarks {
		if b.level == 0 {
			sections = append(sections, b)
		}
	}
	for i, e := range p.places.entries[:min(len(p.places.entries), len(sections))] {
		p.back(e.page)
		p.textRight(aside, e.x, p.foot(e.above), fmt.Sprint(sections[i].page))
	}
}
