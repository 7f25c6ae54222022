package reports

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
)

// storedLines says what became of the mail that was there before the drill, a
// line each; none where no stored mail was asked for.
func storedLines(r record.Record) []string {
	s := r.Stored
	if s == nil {
		return nil
	}
	lines := []string{
		fmt.Sprintf("%d messages in %d folders of %d accounts before the drill; %d compared afterwards, %d unknown",
			s.Messages, s.Folders, s.Accounts, s.Compared, s.Unknown),
		anomalyLine(*s),
	}
	if done := operationLine(*s); done != "" {
		lines = append(lines, done)
	}
	if len(s.InvisibleTo) > 0 {
		lines = append(lines, "messages that a client with a cache was never shown: "+tally(s.InvisibleTo, func(int) bool { return true }))
	}
	if s.ResyncBytes > 0 {
		lines = append(lines, fmt.Sprintf("every mail reader downloads %d bytes again%s", s.ResyncBytes, stormWord(*s)))
	}
	for _, why := range s.Unread {
		lines = append(lines, "NOT READ: "+plain(why))
	}
	for _, gap := range s.Unmeasured {
		lines = append(lines, fmt.Sprintf("not measured: %s (%s)", plain(gap.What), plain(gap.Why)))
	}
	return lines
}

// anomalyLine counts what was found, class by class. Where nothing was looked
// for, nothing is claimed.
func anomalyLine(s record.Stored) string {
	found := tally(s.Anomalies, func(n int) bool { return n != 0 })
	switch {
	case len(s.Anomalies) == 0:
		return "NOTHING was compared"
	case found == "":
		return fmt.Sprintf("anomalies: none of the %d classes looked for", len(s.Anomalies))
	}
	return "anomalies: " + found
}

// operationLine sums the operations on stored mail up by how they ended.
func operationLine(s record.Stored) string {
	ends := map[string]int{}
	for _, kind := range s.Operations {
		for verdict, n := range kind {
			ends[verdict] += n
		}
	}
	if s.Unstarted > 0 {
		ends["not begun in time"] = s.Unstarted
	}
	if len(ends) == 0 {
		return ""
	}
	return "operations on it: " + tally(ends, func(int) bool { return true })
}

func stormWord(s record.Stored) string {
	if s.ResyncStorm {
		return ": the UIDVALIDITY of every folder changed"
	}
	return ""
}

// tally lists counts by name.
func tally(counts map[string]int, shown func(int) bool) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[name]; shown(n) {
			out = append(out, fmt.Sprintf("%d %s", n, plain(name)))
		}
	}
	return strings.Join(out, ", ")
}

// storedPlace says which message or folder an anomaly is about.
func storedPlace(d record.StoredDetail) string {
	place := plain(d.Account)
	if d.Folder != "" {
		place += "/" + plain(d.Folder)
	}
	if d.UID != 0 {
		place += fmt.Sprintf(" UID %d", d.UID)
	}
	return place
}

// mostAnomalies bounds those that a terminal shows; the record has more.
const mostAnomalies = 5

func (s *screen) stored() {
	lines := storedLines(s.r)
	if len(lines) == 0 {
		return
	}
	s.head("stored mail")
	for _, line := range lines {
		s.flow("  ", line, 3)
	}
	details := s.r.Stored.Details
	for _, d := range details[:min(len(details), mostAnomalies)] {
		s.flow("  - ", fmt.Sprintf("%s: %s: %s", plain(d.Class), storedPlace(d), plain(d.Text)), 2)
	}
	if more := len(details) - mostAnomalies; more > 0 {
		s.put("  - ", fmt.Sprintf("%d more in record.json, under stored.details", more))
	}
}

func (p *page) stored() {
	lines := storedLines(p.r)
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
		rows = append(rows, []string{code(d.Class), escape(storedPlace(d)), escape(plain(d.Text))})
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
		p = append(p, junitProperty{"stored." + plain(class), strconv.Itoa(s.Anomalies[class])})
	}
	return p
}

// aboutStored tells the objectives on stored mail from all others.
func aboutStored(o record.Objective) bool { return o.Name == "stored" || o.Name == "identity" }

// storedText is what is behind an objective on stored mail.
func storedText(r record.Record, o record.Objective) string {
	if !aboutStored(o) || r.Stored == nil {
		return ""
	}
	text := "\n" + strings.Join(storedLines(r), "\n")
	for _, d := range r.Stored.Details {
		text += fmt.Sprintf("\n%s: %s: %s", plain(d.Class), storedPlace(d), plain(d.Text))
	}
	return text
}
