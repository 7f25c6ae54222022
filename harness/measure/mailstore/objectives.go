package mailstore

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Reading is what there is to say of an objective.
type Reading struct {
	Measured *record.Interval // nil: nothing could be measured
	Said     string
	Weak     string // why it cannot carry a pass; empty: it can
}

// Read measures an objective: the anomalies of its classes, or their share in
// percent of the messages that were compared. What was found stands; that
// nothing else is wrong can only be said of accounts that were read before and
// after.
func (m *Mail) Read(group Group, percent bool) Reading {
	if m == nil {
		return Reading{Said: "no stored mail was read before the drill"}
	}
	expected, why := m.sampled()
	r := Reading{Said: m.say(group), Weak: strings.Join(why, "; ")}
	if expected == 0 {
		r.Said += "; no stored message could be compared"
	}
	low := m.broken(group)
	if low == 0 && expected == 0 {
		return r
	}
	scale := 1.0
	if percent && expected > 0 {
		scale = 100 / float64(expected)
	}
	unknown := m.unknown
	if group == Renewed { // of folders, which are known
		unknown = 0
	}
	high := float64(low+unknown) * scale
	r.Measured = &record.Interval{Low: float64(low) * scale, High: &high}
	return r
}

// sampled is how many messages the objectives rest on, and why that is not all.
func (m *Mail) sampled() (expected int, why []string) {
	for _, name := range slices.Sorted(maps.Keys(m.accounts)) {
		if w := m.accounts[name].unread(); w != "" {
			why = append(why, w)
		}
	}
	return m.compared, why
}

// broken counts the anomalies of a group that nothing excuses.
func (m *Mail) broken(group Group) int {
	n := 0
	for _, check := range Checks {
		if check.group != group {
			continue
		}
		for _, f := range m.findings[check.Class] {
			if !f.excused {
				n++
			}
		}
	}
	return n
}

// say names the classes that were found.
func (m *Mail) say(group Group) string {
	var found []string
	for _, check := range Checks {
		if n := len(m.findings[check.Class]); check.group == group && n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, check.Class))
		}
	}
	if len(found) == 0 {
		found = []string{"none"}
	}
	return fmt.Sprintf("%s in %d stored messages of %d accounts", strings.Join(found, ", "), m.compared, len(m.accounts))
}

// Resurrected is how many messages came back whose removal was acknowledged.
func (m *Mail) Resurrected() int {
	if m == nil {
		return 0
	}
	return len(m.findings["resurrected"])
}
