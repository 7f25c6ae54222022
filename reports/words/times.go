package words

import (
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/record"
)

// Times says who noticed each fault, how fast the load was carried again,
// how the backlog drained, what the outages cost and what each kind of sender
// met, a line each. Markup is none of their business.
func Times(r record.Record) []string {
	var lines []string
	for _, f := range r.Faults {
		lines = append(lines, faultLines(f)...)
	}
	t := r.Times
	if t == nil {
		return lines
	}
	if b := t.Backlog; b != nil {
		lines = append(lines, backlogLine(*b))
	}
	if cost := impactLine(t.Impact); cost != "" {
		lines = append(lines, cost)
	}
	if l := t.Late; l != nil {
		lines = append(lines, lateLine(*l))
	}
	if len(t.Latency) > 0 {
		lines = append(lines, latencyLine(t.Latency))
	}
	if len(t.Views) > 1 {
		for _, v := range t.Views {
			lines = append(lines, viewLine(v))
		}
	}
	for _, n := range t.Notes {
		lines = append(lines, Plain(n))
	}
	return lines
}

func faultLines(f record.Fault) []string {
	var lines []string
	step := Plain(f.Step)
	if d := f.Detection; d != nil {
		lines = append(lines, step+": "+detectionWord(*d))
	}
	if c := f.Capacity; c != nil {
		lines = append(lines, fmt.Sprintf("%s: the load was carried as before after %s", step, Moment(c)))
	}
	if l := f.Losses; l != nil {
		lines = append(lines, fmt.Sprintf("%s: lost of what was accepted before it %s, during it %s, after it %s",
			step, lossWord(l.Before), lossWord(l.During), lossWord(l.After)))
	}
	if c := f.Clock; c != nil && len(c.Phases) > 0 {
		var phases []string
		for name, phase := range c.Phases {
			phases = append(phases, fmt.Sprintf("%s %s", Plain(name), Exact(phase)))
		}
		slices.Sort(phases)
		lines = append(lines, step+": began at this phase of its cycles (0 to 1): "+strings.Join(phases, ", "))
	}
	return lines
}

// detectionWord lists the signals by kind; a fault that nobody noticed is a
// finding.
func detectionWord(d record.Detection) string {
	if d.Silent {
		return strings.TrimSuffix("NOBODY NOTICED"+blindWord(d), " ")
	}
	var said []string
	for _, s := range []*record.Signal{d.Probe, d.Health, d.Failover, d.Alert} {
		if s != nil {
			said = append(said, fmt.Sprintf("%s after %s", Plain(s.What), Moment(&s.After)))
		}
	}
	if d.Resolved != nil {
		said = append(said, "alert taken back after "+Moment(d.Resolved))
	}
	if d.Alert == nil && !slices.Contains(d.Blind, "alert") {
		said = append(said, "NO ALERT")
	}
	return "noticed: " + strings.Join(said, "; ") + blindWord(d)
}

func blindWord(d record.Detection) string {
	if len(d.Blind) == 0 {
		return ""
	}
	return " (not watched: " + List(d.Blind) + ")"
}

func lossWord(l record.Loss) string {
	if l.Copies == 0 {
		return "0"
	}
	said := fmt.Sprintf("%d copies", l.Copies)
	if l.Bytes > 0 {
		said += fmt.Sprintf(" of %d bytes", l.Bytes)
	}
	if l.WorstMailbox != "" {
		said += fmt.Sprintf(" (most in %s: %d)", Plain(l.WorstMailbox), l.WorstCopies)
	}
	return said
}

func backlogLine(b record.Backlog) string {
	said := fmt.Sprintf("backlog: %d copies at most, the oldest of %s s; base %d", b.Peak, Exact(b.PeakAge), b.Base)
	if b.Drain != nil {
		said += ", drained " + Moment(b.Drain) + " after recovery"
	}
	if b.Flushed {
		said += ", with a FLUSH by an operator"
	}
	if b.Tuned {
		said += " (tuned retry)"
	}
	return said
}

// impactLine leaves out classes that were surely never gone for long enough to
// be seen.
func impactLine(rows []record.Impact) string {
	var said []string
	for _, i := range rows {
		if i.Outage.Low > 0 || i.Outage.High == nil {
			said = append(said, fmt.Sprintf("%s %s", Plain(i.Class), Interval(&i.UserMinutes, "user-minutes")))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return fmt.Sprintf("without service, of %d users: %s", rows[0].Users, strings.Join(said, ", "))
}

func lateLine(l record.Late) string {
	said := fmt.Sprintf("arrival: the latest of %d copies took %s", l.Delivered, Moment(&l.Max))
	if l.Limit > 0 {
		said += fmt.Sprintf("; later than %s s: %s", Exact(l.Limit), Interval(&l.Copies, "copies"))
	}
	return said
}

// latencyLine gives median and p99 of each phase; a dash stands for too few
// samples.
func latencyLine(rows []record.Latency) string {
	value := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return Exact(*v)
	}
	var said []string
	for _, l := range rows {
		said = append(said, fmt.Sprintf("%s %s/%s", Plain(l.Phase), value(l.P50), value(l.P99)))
	}
	return "time to be accepted, median/p99 in s: " + strings.Join(said, ", ")
}

func viewLine(v record.View) string {
	return fmt.Sprintf("sender %s: %d accepted, %d rejected, %d indeterminate, %d not attempted, %d lost, late %s", Plain(v.Name),
		v.Accepted, v.Rejected, v.Indeterminate, v.NotAttempted, v.Lost, Interval(&v.Late, "copies"))
}
