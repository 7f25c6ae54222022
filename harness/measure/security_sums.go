package measure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
)

// breachesMost is how many are told one by one.
const breachesMost = 20

// guard is one question to one service while it is summed up.
type guard struct {
	record.SecurityCheck
	told bool // answered after the first fault began
}

// security sums up what was found; nil where nothing was asked.
func (s *story) security() *record.Security {
	if len(s.answers) == 0 {
		return nil
	}
	all := slices.Clone(s.answers)
	slices.SortStableFunc(all, func(a, b answered) int { return cmp.Compare(a.Began, b.Began) })
	onset, windows := s.disturbedAt(), s.degraded()
	out, guards := &record.Security{}, map[string]*guard{}
	for _, a := range all {
		g := guards[a.key()]
		if g == nil {
			g = &guard{SecurityCheck: record.SecurityCheck{Node: a.node, Service: a.Service, Question: a.Question}}
			guards[a.key()] = g
		}
		if g.take(a, onset, windows) {
			out.Broken++
			out.Breaches = append(out.Breaches, record.Breach{At: time.Duration(a.Ended).Seconds(), Node: a.node, Service: a.Service,
				Question: a.Question, Found: a.Found, Before: g.Before, Said: a.Said})
		}
	}
	out.Breaches = out.Breaches[:min(len(out.Breaches), breachesMost)]
	for _, key := range sortedKeys(guards) {
		g := guards[key]
		out.Checks = append(out.Checks, g.SecurityCheck)
		out.Degraded += g.Degraded.Held + g.Degraded.Broken
		if g.Before != "" && !g.told && s.disturbed() {
			out.Untold = append(out.Untold, key)
		}
	}
	return out
}

// take counts one answer, and tells whether it is a breach.
func (g *guard) take(a answered, onset time.Duration, windows []span) (broken bool) {
	began, ended := time.Duration(a.Began), time.Duration(a.Ended)
	if g.Before == "" && ended < onset {
		g.Before = a.Found
	}
	g.told = g.told || a.Found != "" && began >= onset
	broken = a.Found != "" && breaches[a.Question](g.Before, a.Found)
	add(&g.All, a.Found, broken)
	if slices.ContainsFunc(windows, func(w span) bool { return began >= w.low && ended <= w.high }) {
		add(&g.Degraded, a.Found, broken)
	}
	return broken
}

func add(t *record.SecurityTally, found string, broken bool) {
	t.Asked++
	switch {
	case found == "":
		t.Unanswered++
	case broken:
		t.Broken++
	default:
		t.Held++
	}
}

// disturbed: anything was done to the system, or planned to be.
func (s *story) disturbed() bool { return len(s.steps)+len(s.actions) > 0 }

// disturbedAt is when the first fault or action began, or the end.
func (s *story) disturbedAt() time.Duration {
	first := s.end + 1
	for _, st := range s.steps {
		if i := st.injectedSpan(); i != nil {
			first = min(first, i.low)
		}
	}
	for _, began := range s.deedsBegan() {
		first = min(first, began)
	}
	return first
}

// deedsBegan are the times at which actions were begun, node by node.
func (s *story) deedsBegan() (all []time.Duration) {
	for _, a := range s.actions {
		for _, row := range a.rows {
			if row.began != nil {
				all = append(all, *row.began)
			}
		}
	}
	return all
}

// degraded are the stretches in which a fault was surely in effect. What has no
// end of its own, a momentary fault or an action, degrades to the end of the
// observation; where nothing is planned, all of the run is looked at.
func (s *story) degraded() []span {
	if !s.disturbed() {
		return []span{{high: s.end}}
	}
	var windows []span
	for _, st := range s.steps {
		onset, healed := st.effectiveSpan(), st.healedSpan()
		switch {
		case onset == nil || onset.open:
		case healed == nil || st.Momentary:
			windows = append(windows, span{low: onset.high, high: s.observed()})
		default:
			windows = append(windows, span{low: onset.high, high: healed.low})
		}
	}
	for _, began := range s.deedsBegan() {
		windows = append(windows, span{low: began, high: s.observed()})
	}
	return windows
}

// securityReading is the number of breaches. None at all means nothing unless
// the servers answered while a fault was in effect, and each of those that had
// answered before did so again.
func (q *inquiry) securityReading() reading {
	s, r := q.security, reading{family: ofSecurity}
	switch {
	case s == nil:
		r.said = "nothing was asked"
		return r
	case s.Broken == 0 && s.Degraded == 0:
		r.said = "no question was answered while a fault was in effect"
		return r
	}
	n := float64(s.Broken)
	r.measured = &record.Interval{Low: n, High: &n}
	r.said = fmt.Sprintf("%d breaches; %d answers came while a fault was in effect", s.Broken, s.Degraded)
	if len(s.Breaches) > 0 {
		b := s.Breaches[0]
		r.said += fmt.Sprintf("; the first after %.3f s: %s of %s, %s: %s", b.At, b.Service, b.Node, b.Question, b.Found)
	}
	if len(s.Untold) > 0 {
		r.weak = "never answered after the first fault began: " + strings.Join(s.Untold, ", ")
	}
	return r
}

// backscatter is the number of notifications that outsiders got about mail that
// they had not sent.
func (s *story) backscatter() reading {
	if s.strays == nil {
		return reading{family: ofCounts, said: "nobody counted what outsiders got"}
	}
	n := float64(*s.strays)
	return reading{family: ofCounts, measured: &record.Interval{Low: n, High: &n}, said: fmt.Sprintf("outsiders got %d notifications about mail that they had not sent", *s.strays)}
}
