package reports

import (
	"fmt"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

func (s *screen) security() {
	lines := words.Security(s.r)
	if len(lines) == 0 {
		return
	}
	s.head("security")
	for _, line := range lines {
		s.flow("  ", line, 3)
	}
	breaches := s.r.Security.Breaches
	for _, b := range breaches[:min(len(breaches), mostAnomalies)] {
		s.flow("  - ", words.Breached(b), 2)
	}
	if more := s.r.Security.Broken - mostAnomalies; more > 0 {
		s.put("  - ", fmt.Sprintf("%d more in record.json, under security.breaches", more))
	}
}

func (p *page) security() {
	lines := words.Security(p.r)
	if len(lines) == 0 {
		return
	}
	p.section("Security")
	for _, line := range lines {
		p.linef("- %s", escape(line))
	}
	if len(p.r.Security.Breaches) == 0 {
		return
	}
	p.linef("")
	var rows [][]string
	for _, b := range p.r.Security.Breaches {
		rows = append(rows, []string{escape(words.Breached(b)), code(words.Dialogue(b))})
	}
	p.table([]string{"let through", "dialogue"}, rows)
}

// securityText is what is behind the objective on security.
func securityText(r record.Record, o record.Objective) string {
	if o.Name != "security" || r.Security == nil {
		return ""
	}
	text := ""
	for _, line := range words.Security(r) {
		text += "\n" + line
	}
	for _, b := range r.Security.Breaches {
		text += "\n" + words.Breached(b) + ": " + words.Dialogue(b)
	}
	return text
}
