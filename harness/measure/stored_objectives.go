package measure

import (
	"fmt"
	"strings"

	"maildrill/harness/record"
)

// kept measures the objectives "stored" and "identity": the anomalies of their
// classes. What was found stands; that nothing else is wrong can only be said of
// accounts that were read before and after.
func (m *storedMail) kept(o Objective, group storedGroup) reading {
	if m == nil {
		return reading{family: ofCounts, said: "no stored mail was read before the drill"}
	}
	r := reading{family: ofCounts, said: m.say(group)}
	expected, why := m.sampled()
	if expected == 0 {
		r.said += "; no stored message could be compared"
		r.weak = strings.Join(why, "; ")
	}
	low := m.broken(group)
	if low == 0 && expected == 0 {
		return r
	}
	scale := 1.0
	if o.Unit == "%" && expected > 0 {
		scale = 100 / float64(expected)
	}
	high := float64(low+m.unknown) * scale
	r.measured = &record.Interval{Low: float64(low) * scale, High: &high}
	if len(why) > 0 {
		r.weak = strings.Join(why, "; ")
	}
	return r
}

// sampled is how many messages the objectives rest on, and why that is not all.
func (m *storedMail) sampled() (expected int, why []string) {
	for _, name := range sortedKeys(m.accounts) {
		if w := m.accounts[name].unread(); w != "" {
			why = append(why, w)
		}
	}
	return m.compared, why
}

// broken counts the anomalies of a group that nothing excuses.
func (m *storedMail) broken(group storedGroup) int {
	n := 0
	for _, check := range storedChecks {
		if check.group != group {
			continue
		}
		for _, f := range m.findings[check.class] {
			if !f.excused {
				n++
			}
		}
	}
	return n
}

// say names the classes that were found.
func (m *storedMail) say(group storedGroup) string {
	var found []string
	for _, check := range storedChecks {
		if n := len(m.findings[check.class]); check.group == group && n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, check.class))
		}
	}
	if len(found) == 0 {
		found = []string{"none"}
	}
	return fmt.Sprintf("%s in %d stored messages of %d accounts", strings.Join(found, ", "), m.compared, len(m.accounts))
}

// resurrected is how many messages came back whose removal was acknowledged.
func (m *storedMail) resurrected() int {
	if m == nil {
		return 0
	}
	return len(m.findings["resurrected"])
}
