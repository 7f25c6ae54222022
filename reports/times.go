package reports

import "maildrill/reports/words"

func (s *screen) times() {
	lines := words.Times(s.r)
	if len(lines) == 0 {
		return
	}
	s.head("times, " + words.Clock(s.r))
	for _, line := range lines {
		s.flow("  ", line, 3)
	}
}

func (p *page) times() {
	lines := words.Times(p.r)
	if len(lines) == 0 {
		return
	}
	p.section("Times")
	for _, line := range lines {
		p.linef("- %s", escape(line))
	}
	p.linef("\nMeasured under the %s.", escape(words.Clock(p.r)))
}
