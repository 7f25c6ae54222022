package dossier

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// story tells in a few sentences what happened: what broke, who noticed, what
// was gone for how long, what became of the mail, and when all was as before.
func story(s Source) Section {
	r := s.Record
	var said []string
	for _, tell := range []func(record.Record) string{broke, noticed, gone, fates, settled} {
		if sentence := tell(r); sentence != "" {
			said = append(said, sentence)
		}
	}
	return Section{ID: "story", Title: "What happened", Blocks: []Block{List{Items: said}}}
}

// broke says which faults took effect, and when.
func broke(r record.Record) string {
	if len(r.Faults) == 0 {
		return "No fault was put on: the system ran undisturbed."
	}
	var said []string
	for _, f := range r.Faults {
		switch {
		case f.Injected == nil:
			said = append(said, fmt.Sprintf("%s on %s was never put on (%s)", words.Plain(f.Kind), words.List(f.Targets), words.Plain(f.State)))
		case f.Effective == nil:
			said = append(said, fmt.Sprintf("%s was put on %s, and was never seen in effect", words.Plain(f.Kind), words.List(f.Targets)))
		default:
			said = append(said, fmt.Sprintf("%s %s was met by the fault %s%s", at(r, *f.Effective), words.List(f.Targets), words.Plain(f.Kind), held(f)))
		}
	}
	return sentence(strings.Join(said, "; "))
}

// at is when something happened: "At 10:02:11Z, 8.1 to 8.8 s into the run,".
func at(r record.Record, i record.Interval) string {
	if clock := wall(r, i.Low); clock != "" {
		return fmt.Sprintf("at %s, %s into the run,", clock, words.Moment(&i))
	}
	return words.Moment(&i) + " into the run"
}

// held says how long a fault was in effect, as an interval.
func held(f record.Fault) string {
	if f.Healed == nil || f.Effective == nil {
		return ", and was not seen to heal"
	}
	span := record.Interval{Low: f.Healed.Low}
	if f.Effective.High != nil {
		span.Low = max(0, f.Healed.Low-*f.Effective.High)
	}
	if f.Healed.High != nil {
		high := *f.Healed.High - f.Effective.Low
		span.High = &high
	}
	return " for " + words.Moment(&span)
}

// noticed says who saw it first.
func noticed(r record.Record) string {
	var said []string
	for _, f := range r.Faults {
		if d := f.Detection; d != nil {
			said = append(said, detection(f, *d))
		}
	}
	return sentence(strings.Join(said, "; "))
}

func detection(f record.Fault, d record.Detection) string {
	if d.Silent {
		return fmt.Sprintf("nobody noticed %s: no alert, no health check, no probe", words.Plain(f.Step))
	}
	signals := []*record.Signal{d.Alert, d.Health, d.Failover, d.Probe}
	names := []string{"an alert", "a health check", "a fail-over", "maildrill's own probe"}
	var said []string
	for i, s := range signals {
		if s != nil {
			said = append(said, fmt.Sprintf("%s told of it after %s", names[i], words.Moment(&s.After)))
		}
	}
	if len(said) == 0 {
		return "no signal of " + words.Plain(f.Step) + " was seen"
	}
	if d.Alert == nil && !slices.Contains(d.Blind, "alert") {
		said = append(said, "no alert was raised")
	}
	return strings.Join(said, ", ")
}

// gone names the services that were interrupted.
func gone(r record.Record) string {
	var said []string
	for _, name := range slices.Sorted(maps.Keys(r.Services)) {
		for _, o := range r.Services[name].Outages {
			if !strings.Contains(name, "@") {
				said = append(said, fmt.Sprintf("%s was back for good after %s", words.Plain(name), words.Moment(&o.RTA)))
			}
		}
	}
	switch {
	case len(r.Services) == 0:
		return "No service was probed, so nothing is known of outages."
	case len(said) == 0:
		return "No service was seen interrupted."
	}
	return sentence(strings.Join(said, ", ") + " (" + words.Clock(r) + ")")
}

// fates is the accounting in a sentence.
func fates(r record.Record) string {
	a := r.Accounting
	if a.Attempted == 0 {
		return "No mail was offered."
	}
	said := fmt.Sprintf("Of %d copies offered %d were accepted, and of these %d arrived", a.Attempted, a.Accepted, a.Delivered)
	for _, p := range words.Sums(a)[1].Parts[1:] {
		if p.N > 0 {
			said += fmt.Sprintf(", %d %s", p.N, p.Word)
		}
	}
	if a.Lost == 0 && a.Unknown == 0 {
		said += ", none was lost"
	}
	if a.Duplicates > 0 {
		said += fmt.Sprintf("; %d surplus copies came twice", a.Duplicates)
	}
	if a.Misdelivered > 0 {
		said += fmt.Sprintf("; %d were in a stranger's mailbox", a.Misdelivered)
	}
	return said + "."
}

// settled says when the backlog was gone.
func settled(r record.Record) string {
	if r.Times == nil || r.Times.Backlog == nil {
		return ""
	}
	b := r.Times.Backlog
	switch {
	case b.Peak <= b.Base:
		return "No backlog grew beyond that of the baseline."
	case b.Drain == nil:
		return fmt.Sprintf("The backlog grew to %d copies; when it was gone is not known.", b.Peak)
	}
	return fmt.Sprintf("The backlog grew to %d copies and was as in the baseline %s after the recovery.", b.Peak, words.Moment(b.Drain))
}

// sentence begins with a capital and ends with a full stop; empty stays empty.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
