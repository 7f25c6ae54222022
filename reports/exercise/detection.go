package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// hypotheses are what was believed, against what was seen.
func (t *teller) hypotheses() dossier.Section {
	table := dossier.Table{ID: "hypothesis-table", Empty: "None was written down before: nothing could be refuted.", Head: []dossier.Column{{Title: "id"}, {Title: "what was believed", Share: 3}, {Title: "decided by"}, {Title: "reality"}, {Title: "why", Share: 2.5}}}
	tones := map[string]dossier.Tone{"confirmed": dossier.Good, "refuted": dossier.Bad}
	for _, h := range t.rec.Hypotheses {
		tone, ok := tones[h.Outcome]
		if !ok {
			tone = dossier.Open
		}
		by := cmp.Or(words.Plain(h.Objective), "people")
		if h.By != "" && h.Objective == "" {
			by = t.who(h.By, "")
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(h.ID), Mono: true}, {Text: t.say(h.Text)}, {Text: by}, {Text: cmp.Or(words.Plain(h.Outcome), "open"), Tone: tone}, {Text: t.say(h.Why)}})
	}
	return dossier.Section{ID: "hypotheses", Title: "Hypothesis against reality", Blocks: []dossier.Block{table}}
}

// sign is something by which the fault could be noticed.
type sign struct {
	at   time.Time
	what string
	who  string
}

// detection says who or what noticed first.
func (t *teller) detection() dossier.Section {
	s := dossier.Section{ID: "detection", Title: "Detection"}
	if t.rec.Fault == nil {
		s.Blocks = []dossier.Block{dossier.Paragraph{Text: "No fault was released: there was nothing to be noticed.", Tone: dossier.Open}}
		return s
	}
	signs := t.signs()
	said := dossier.Paragraph{Text: "Nobody noticed the fault, as far as the record says.", Tone: dossier.Bad}
	if len(signs) > 0 {
		first := signs[0]
		said = dossier.Paragraph{Text: fmt.Sprintf("The first sign came %s after the fault, from %s: %s", length(first.at.Sub(*t.rec.Fault).Seconds()), first.who, first.what)}
	}
	table := dossier.Table{ID: "signs", Caption: "Signs that the fault was noticed, the first of each kind", Empty: "None.", Head: []dossier.Column{{Title: "after the fault"}, {Title: "who"}, {Title: "what", Share: 4}}}
	for _, g := range signs {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: length(g.at.Sub(*t.rec.Fault).Seconds())}, {Text: g.who}, {Text: g.what}})
	}
	s.Blocks = []dossier.Block{said, table, t.monitoring(), dossier.Paragraph{Text: "Which alerts should have come and did not is not in the record: it belongs into the findings."}}
	return s
}

// signs are the first of each kind after the fault, in the order of time.
func (t *teller) signs() (signs []sign) {
	add := func(g sign) {
		if !g.at.Before(*t.rec.Fault) {
			signs = append(signs, g)
		}
	}
	if m, ok := t.milestones()["detected"]; ok {
		add(sign{m.at, "the call “detected”", m.who})
	}
	notes := slices.Clone(t.rec.Notes)
	slices.SortStableFunc(notes, func(a, b exercise.Note) int { return a.At.Compare(b.At) })
	for _, n := range notes {
		if !n.At.Before(*t.rec.Fault) {
			add(sign{n.At, strings.TrimPrefix(words.Plain(n.Kind)+" in a note: ", " ") + t.say(n.Text), t.who(n.By, n.Role)})
			break
		}
	}
	steps := slices.DeleteFunc(slices.Clone(t.rec.Steps), func(s exercise.Step) bool { return s.Began == nil || s.Began.Before(*t.rec.Fault) })
	slices.SortStableFunc(steps, func(a, b exercise.Step) int { return a.Began.Compare(*b.Began) })
	if len(steps) > 0 {
		s := steps[0]
		add(sign{*s.Began, "the first step of the runbook: " + cmp.Or(t.say(s.Title), words.Plain(s.ID)), t.who(s.By, s.Role)})
	}
	slices.SortStableFunc(signs, func(a, b sign) int { return a.at.Compare(b.at) })
	return signs
}

// monitoring is what the machine measured of detection.
func (t *teller) monitoring() dossier.Paragraph {
	if t.rec.Drill != nil {
		for _, o := range t.rec.Drill.Objectives {
			if o.Name == "detect" || strings.HasPrefix(o.Name, "detect.") {
				return dossier.Paragraph{Text: fmt.Sprintf("Monitoring, as the drill measured it: %s, asked %s, %s.", cmp.Or(words.Plain(o.Measured), "no data"),
					cmp.Or(words.Plain(o.Target), "nothing"), cmp.Or(words.Plain(o.Verdict), "no verdict")), Tone: toneOf(exercise.Verdict(o.Verdict))}
			}
		}
	}
	return dossier.Paragraph{Text: "The drill did not measure when monitoring noticed.", Tone: dossier.Open}
}
