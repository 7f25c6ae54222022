package exercise

import (
	"cmp"
	"fmt"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// Trend puts exercises side by side, the newest last.
func Trend(recs []exercise.Record) dossier.Document {
	points, asOf := pointsOf(recs)
	d := dossier.Document{Title: "Exercises over time", Kind: "Trend of exercises", Date: asOf,
		Chips:  []dossier.Fact{{Name: "looked at", Value: counted(len(points), "exercise")}},
		Footer: "trend over " + counted(len(points), "exercise")}
	if len(points) > 0 {
		d.Chips = append(d.Chips, dossier.Fact{Name: "ages as of", Value: asOf.Format(time.DateOnly)})
	}
	d.Sections = []dossier.Section{
		{ID: "went", Title: "How they went", Blocks: []dossier.Block{wentTable(points)}},
		{ID: "came", Title: "What came of them", Blocks: []dossier.Block{cameTable(points)}},
	}
	if len(points) > 0 {
		d.Sections = append(d.Sections, pictures(points))
	}
	d.Sections = append(d.Sections, dossier.Section{ID: "rule", Title: "What is counted", Blocks: []dossier.Block{dossier.List{Items: []string{
		fmt.Sprintf("%s looked at, all that were handed in, the newest last.", counted(len(points), "exercise")),
		"A check is missed if it did not pass: one that could not be told counts as missed.",
		"Recovery is from the first fault until people called service restored. Without either there is no data, and no data is no good value.",
		"A roll-call counts answers within its limit, of all who were called.",
		"Manual are the steps of the runbook that people do alone.",
		"Open are actions that are neither verified by a run nor accepted; retested are those that a run verifies, of all.",
	}}}})
	return d
}

func name(p point) string { return cmp.Or(words.Plain(p.Name), words.Plain(p.ID), "without a name") }

func wentTable(points []point) dossier.Table {
	t := dossier.Table{ID: "went-table", Empty: "No exercise was looked at.", Head: []dossier.Column{{Title: "date", Share: 1.3}, {Title: "exercise", Share: 2.2}, {Title: "verdict", Share: 1.3}, {Title: "checks missed"},
		{Title: "recovery"}, {Title: "roll-call"}, {Title: "manual steps"}, {Title: "to note", Share: 1.6}}}
	for _, p := range points {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: p.at.Format(time.DateOnly)}, {Text: name(p), Mono: true}, {Text: cmp.Or(words.Plain(string(p.Verdict)), "not judged"), Tone: toneOf(p.Verdict)},
			share(p.missed, p.checks), p.recovered(), share(p.answered, p.asked), percent(p.manual, p.steps), {Text: words.List(p.notes)}})
	}
	return t
}

func cameTable(points []point) dossier.Table {
	t := dossier.Table{ID: "came-table", Empty: "No exercise was looked at.", Head: []dossier.Column{{Title: "date", Share: 1.3}, {Title: "exercise", Share: 2.2}, {Title: "hypotheses refuted"}, {Title: "findings"},
		{Title: "actions open"}, {Title: "open by age", Share: 1.5}, {Title: "past due"}, {Title: "retested"}}}
	for _, p := range points {
		late := dossier.Cell{Text: fmt.Sprint(p.overdue)}
		if p.overdue > 0 {
			late.Tone = dossier.Bad
		}
		t.Rows = append(t.Rows, []dossier.Cell{{Text: p.at.Format(time.DateOnly)}, {Text: name(p), Mono: true}, share(p.refuted, len(p.Hypotheses)), {Text: fmt.Sprint(len(p.Findings))},
			share(p.open, len(p.Actions)), {Text: p.aged()}, late, share(p.retested, len(p.Actions))})
	}
	return t
}

// share is so many of all; of nothing there is none.
func share(n, of int) dossier.Cell {
	if of == 0 {
		return dossier.Cell{Text: "none", Tone: dossier.Open}
	}
	return dossier.Cell{Text: fmt.Sprintf("%d of %d", n, of)}
}

func percent(n, of int) dossier.Cell {
	if of == 0 {
		return dossier.Cell{Text: "none", Tone: dossier.Open}
	}
	return dossier.Cell{Text: fmt.Sprintf("%.0f %%", 100*float64(n)/float64(of))}
}

func (p point) recovered() dossier.Cell {
	if p.recovery == nil {
		return dossier.Cell{Text: "no data", Tone: dossier.Open}
	}
	return dossier.Cell{Text: length(*p.recovery)}
}

// curves are what is drawn over exercises; ok false is no data.
var curves = []struct {
	id, title, unit string
	value           func(point) (v float64, ok bool)
}{
	{"recovery", "From the fault to restored", "min", func(p point) (float64, bool) {
		if p.recovery == nil {
			return 0, false
		}
		return *p.recovery / 60, true
	}},
	{"missed", "Checks missed", "checks", func(p point) (float64, bool) { return float64(p.missed), p.checks > 0 }},
	{"rollcall", "Answered in time", "%", func(p point) (float64, bool) { return part(p.answered, p.asked) }},
	{"manual", "Steps that people do alone", "%", func(p point) (float64, bool) { return part(p.manual, p.steps) }},
	{"open", "Actions open today", "actions", func(p point) (float64, bool) { return float64(p.open), len(p.Actions) > 0 }},
}

func part(n, of int) (float64, bool) { return 100 * float64(n) / float64(max(of, 1)), of > 0 }

// pictures are small, one below the other. A simulated exercise has no value in
// them.
func pictures(points []point) dossier.Section {
	s := dossier.Section{ID: "pictures", Title: "Over time"}
	for _, c := range curves {
		h := figure.History{ID: "exercise-" + c.id, Title: c.title, Unit: c.unit}
		for _, p := range points {
			o := figure.Outcome{Label: p.at.Format(time.DateOnly), Verdict: record.Verdict(p.Verdict)}
			if v, ok := c.value(p); ok && !p.Simulated {
				o.Measured = &record.Interval{Low: v, High: &v}
			}
			h.Runs = append(h.Runs, o)
		}
		s.Blocks = append(s.Blocks, dossier.Picture{Figure: figure.Trend(h), Caption: "Hatched: no data. The tables above have the numbers."})
	}
	return s
}
