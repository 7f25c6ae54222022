package words

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Stored says what became of the mail that was there before the drill, a
// line each; none where no stored mail was asked for.
func Stored(r record.Record) []string {
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
		lines = append(lines, "messages that a client with a cache was never shown: "+Tally(s.InvisibleTo, func(int) bool { return true }))
	}
	if s.ResyncBytes > 0 {
		lines = append(lines, fmt.Sprintf("every mail reader downloads %d bytes again%s", s.ResyncBytes, stormWord(*s)))
	}
	for _, why := range s.Unread {
		lines = append(lines, "NOT READ: "+Plain(why))
	}
	for _, gap := range s.Unmeasured {
		lines = append(lines, fmt.Sprintf("not measured: %s (%s)", Plain(gap.What), Plain(gap.Why)))
	}
	return lines
}

// anomalyLine counts what was found, class by class. Where nothing was looked
// for, nothing is claimed.
func anomalyLine(s record.Stored) string {
	found := Tally(s.Anomalies, func(n int) bool { return n != 0 })
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
	return "operations on it: " + Tally(ends, func(int) bool { return true })
}

func stormWord(s record.Stored) string {
	if s.ResyncStorm {
		return ": the UIDVALIDITY of every folder changed"
	}
	return ""
}

// Tally lists counts by name.
func Tally(counts map[string]int, shown func(int) bool) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[name]; shown(n) {
			out = append(out, fmt.Sprintf("%d %s", n, Plain(name)))
		}
	}
	return strings.Join(out, ", ")
}

// StoredPlace says which message or folder an anomaly is about.
func StoredPlace(d record.StoredDetail) string {
	place := Plain(d.Account)
	if d.Folder != "" {
		place += "/" + Plain(d.Folder)
	}
	if d.UID != 0 {
		place += fmt.Sprintf(" UID %d", d.UID)
	}
	return place
}
