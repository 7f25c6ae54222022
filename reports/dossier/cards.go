package dossier

import (
	"cmp"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// objectives are a card each, the worst first.
func objectives(r record.Record) Section {
	s := Section{ID: "objectives", Title: "Objectives"}
	if len(r.Objectives) == 0 {
		s.Blocks = []Block{Paragraph{Text: "None was set: nothing was asked of the system, so nothing was shown.", Tone: Open}}
		return s
	}
	ordered := slices.Clone(r.Objectives)
	slices.SortStableFunc(ordered, func(a, b record.Objective) int { return cmp.Compare(urgency(a.Verdict), urgency(b.Verdict)) })
	var cards []Card
	for _, o := range ordered {
		cards = append(cards, card(r, o))
	}
	s.Blocks = []Block{Cards{Cards: cards}}
	return s
}

// urgency orders verdicts, the worst first.
func urgency(v record.Verdict) int {
	return slices.Index([]record.Verdict{record.Failed, record.Error, record.Aborted, record.Inconclusive, record.Passed}, v)
}

func card(r record.Record, o record.Objective) Card {
	c := Card{
		Title:   words.Plain(o.Name),
		Verdict: Verdict{Word: strings.ToUpper(words.Verdict(o.Verdict)), Tone: tone(o.Verdict), Why: words.Plain(o.Reason)},
		Value:   words.Interval(o.Measured, o.Unit),
		Target:  cmp.Or(words.Target(o.Target, o.Unit), "no target"),
		Link:    sectionOf(o),
	}
	if words.Timed(o) {
		c.Lines = append(c.Lines, words.Clock(r))
	}
	if m := margin(o); m != "" {
		c.Lines = append(c.Lines, m)
	}
	if bar := figure.Bullet(o); bar.Draw != nil {
		c.Bar = &bar
	}
	return c
}

// margin is what is left to an upper target, at the worse end of what was
// measured.
func margin(o record.Objective) string {
	limit, ok := o.Target["max"]
	if !ok || o.Measured == nil || o.Measured.High == nil {
		return ""
	}
	if over := *o.Measured.High - limit; over > 0 {
		if o.Measured.Low > limit {
			return "over by " + words.Low(o.Measured.Low-limit) + " " + words.Plain(o.Unit) + " at least"
		}
		return "the upper end is over by " + words.High(over) + " " + words.Plain(o.Unit)
	}
	return words.Low(limit-*o.Measured.High) + " " + words.Plain(o.Unit) + " to spare"
}

// sectionOf is the section that says more about an objective.
func sectionOf(o record.Objective) string {
	switch {
	case o.Name == "stored" || o.Name == "identity" || o.Name == "renewed":
		return "stored"
	case o.Name == "security":
		return "degraded"
	case words.Timed(o) || o.Name == "detect":
		return "recovery"
	}
	return "mail"
}
