package reports

import (
	"maildrill/harness/record"
	"maildrill/reports/words"
)

func (s *screen) security() {
	lines := words.Security(s.r)
	if len(lines) == 0 {
		return
	}
	var found []string
	for _, b := range s.r.Security.Breaches {
		found = append(found, words.Breached(b))
	}
	s.findings("security", lines, found, s.r.Security.Broken, "security.breaches")
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
