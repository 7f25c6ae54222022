package pdf

import (
	"fmt"

	"maildrill/reports/dossier"
)

var running = letter{regular, 7, grey}

// running draws the head and the foot of every page, once it is known how many
// there are.
func (s *setter) running(p *press, d dossier.Document, foot string) {
	title, word := s.quiet().line(d.Title, titleBound), s.quiet().line(d.Verdict.Word, shortBound)
	all := p.file.PageCount()
	for n := 1; n <= all; n++ {
		p.back(n)
		if n > 1 {
			p.runningHead(n, title, word, toneOf(d.Verdict.Tone))
		}
		p.runningFoot(foot, fmt.Sprintf("page %d of %d", n, all))
	}
}

func (p *press) runningHead(n int, title, word string, t tone) {
	y := p.sheet(n) - 34
	taken := p.metrics.width(running, word) + 24
	p.text(running, side, p.foot(y), p.metrics.short(running, title, p.w-2*side-taken))
	p.textRight(running.in(t.dark), p.w-side, p.foot(y), word)
	if word != "" {
		p.sign(t.sign, p.w-side-taken+18, p.foot(y)-2.4, 6.5, t.dark, white)
	}
	p.line(side, p.foot(y)+5, p.w-side, p.foot(y)+5, 0.4, rule)
}

func (p *press) runningFoot(text, page string) {
	y := p.foot(30)
	taken := p.metrics.width(running, page) + 12
	p.line(side, y-10, p.w-side, y-10, 0.4, rule)
	p.text(running, side, y, p.metrics.short(running, text, p.w-2*side-taken))
	p.textRight(running, p.w-side, y, page)
}

// quiet is a script that does not count: for texts that stand elsewhere too.
func (s *setter) quiet() *script { return &script{metrics: s.metrics} }
