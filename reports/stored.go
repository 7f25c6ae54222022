package reports

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// mostAnomalies bounds those that a terminal shows; the record has more.
const mostAnomalies = 5

func (s *screen) stored() {
	lines := words.Stored(s.r)
	if len(lines) == 0 {
		return
	}
	var found []string
	for _, d := range s.r.Stored.Details {
		found = append(found, fmt.Sprintf("%s: %s: %s", words.Plain(d.Class), words.StoredPlace(d), words.Plain(d.Text)))
	}
	s.findings("stored mail", lines, found, len(found), "stored.details")
}

// findings is a section of what was counted, and of the first that were found of
// so many; the others are in the record.
func (s *screen) findings(title string, counted, found []string, of int, place string) {
	s.head(title)
	for _, line := range counted {
		s.flow("  ", line, 3)
	}
	for _, text := range found[:min(len(found), mostAnomalies)] {
		s.flow("  - ", text, 2)
	}
	if more := of - mostAnomalies; more > 0 {
		s.put("  - ", fmt.Sprintf("%d more in record.json, under %s", more, place))
	}
}

func (p *page) stored() {
	lines := words.Stored(p.r)
	if len(lines) == 0 {
		return
	}
	p.section("Stored mail")
	for _, line := range lines {
		p.linef("- %s", escape(line))
	}
	if len(p.r.Stored.Details) == 0 {
		return
	}
	p.linef("\nThe first of each class:\n")
	var rows [][]string
	for _, d := range p.r.Stored.Details {
		rows = append(rows, []string{code(d.Class), escape(words.StoredPlace(d)), escape(words.Plain(d.Text))})
	}
	p.table([]string{"anomaly", "where", "what"}, rows)
}

// storedProperties are the counts for a machine: each class that was looked
// for, also those of which there is none.
func storedProperties(r record.Record) []junitProperty {
	s := r.Stored
	if s == nil {
		return nil
	}
	p := []junitProperty{{"stored.messages", strconv.Itoa(s.Messages)}, {"stored.compared", strconv.Itoa(s.Compared)}, {"stored.unknown", strconv.Itoa(s.Unknown)}}
	for _, class := range slices.Sorted(maps.Keys(s.Anomalies)) {
		p = append(p, junitProperty{"stored." + words.Plain(class), strconv.Itoa(s.Anomalies[class])})
	}
	return p
}

// aboutStored tells the objectives on stored mail from all others.
func aboutStored(o record.Objective) bool {
	return o.Name == "stored" || o.Name == "identity" || o.Name == "renewed"
}

// storedText is what is behind an objective on stored mail.
func storedText(r record.Record, o record.Objective) string {
	if !aboutStored(o) || r.Stored == nil {
		return ""
	}
	text := "\n" + strings.Join(words.Stored(r), "\n")
	for _, d := range r.Stored.Details {
		text += fmt.Sprintf("\n%s: %s: %s", words.Plain(d.Class), words.StoredPlace(d), words.Plain(d.Text))
	}
	return text
}
