package compare

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// figureID is the timeline of both runs.
const figureID = "both-runs"

// Document is the comparison as a report.
func (c Comparison) Document() dossier.Document {
	d := dossier.Document{Title: c.Before.name() + " and " + c.Now.name(), Kind: "Comparison", Verdict: c.answer(),
		Chips: []dossier.Fact{{Name: "before", Value: c.Before.say()}, {Name: "now", Value: c.Now.say()}}, Notices: c.Notices}
	d.Date, _ = time.Parse(time.RFC3339Nano, c.Now.Started)
	d.Sections = []dossier.Section{
		{ID: "objectives", Title: "Objectives, before and now", Blocks: []dossier.Block{c.objectives(), dossier.Paragraph{Text: widthsSay}}},
		{ID: "timeline", Title: "Both timelines", Blocks: []dossier.Block{
			dossier.Picture{Figure: c.figure(), Wide: true, Caption: c.Timeline.axisWord(), Twin: c.stretches()}}},
		{ID: "changes", Title: "What is not the same", Blocks: []dossier.Block{c.changed()}},
	}
	if c.Lines != "" {
		d.Sections = append(d.Sections, dossier.Section{ID: "lines", Title: "Lines in which the scenario files differ", Blocks: []dossier.Block{dossier.Code{Text: c.Lines}}})
	}
	return d
}

// widthsSay is what must be known to read the table.
const widthsSay = "Worse and better are sure of these two runs: their intervals do not overlap. Runs scatter; `maildrill trend` tells whether a change is more than that."

// Pictures are the figures of the document in letters, at most so wide.
func (c Comparison) Pictures(width int) map[string][]string {
	if lines := c.Timeline.Letters(width); lines != nil {
		return map[string][]string{figureID: append(lines, words.Wrap(c.Timeline.axisWord()+"; "+lettersKey, width, 3)...)}
	}
	return nil
}

func (c Comparison) answer() dossier.Verdict {
	by := map[State][]string{}
	for _, d := range c.Deltas {
		by[d.State] = append(by[d.State], words.Plain(d.Objective))
	}
	var parts []string
	for _, s := range []State{Worse, Better, NoData, Unlike} {
		if len(by[s]) > 0 {
			parts = append(parts, string(s)+": "+strings.Join(by[s], ", "))
		}
	}
	v := dossier.Verdict{Word: "NO SURE CHANGE", Tone: dossier.Neutral, Why: cmp.Or(strings.Join(parts, "; "), "no objective is surely better or worse")}
	switch {
	case len(by[Worse]) > 0:
		v.Word, v.Tone = "WORSE", dossier.Bad
	case len(by[Better]) > 0:
		v.Word, v.Tone = "BETTER", dossier.Good
	case len(by[Same])+len(by[Alike]) == 0:
		v.Word, v.Tone, v.Why = "NOTHING TO COMPARE", dossier.Open, "no objective was measured in both runs"
	}
	return v
}

func (s Side) name() string { return cmp.Or(words.Plain(s.Run), "unnamed run") }

// say is a run in one line.
func (s Side) say() string {
	parts := []string{s.name(), words.Headline(record.Record{Verdict: s.Verdict, Dirty: s.Dirty})}
	if s.Simulated {
		parts = append(parts, "SIMULATED")
	}
	return strings.Join(append(parts, words.Clock(record.Record{Clock: s.Clock}), fmt.Sprintf("lost %d of %d", s.Lost, s.Accepted)), ", ")
}

func (c Comparison) objectives() dossier.Table {
	t := dossier.Table{ID: "deltas", Empty: "neither run has an objective", Head: []dossier.Column{{Title: "objective"}, {Title: "before", Share: 1.2}, {Title: "now", Share: 1.2}, {Title: "change", Share: 1.3}, {Title: "in words", Share: 2}}}
	for _, d := range c.Deltas {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: words.Plain(d.Objective)}, {Text: d.Before.say()}, {Text: d.Now.say()}, {Text: d.grown()},
			{Text: string(d.State) + "; " + d.verdicts(), Tone: toneOf[d.State]}})
	}
	return t
}

var toneOf = map[State]dossier.Tone{Worse: dossier.Bad, Better: dossier.Good, NoData: dossier.Open, Unlike: dossier.Open}

func (v *Value) say() string {
	if v == nil {
		return "-"
	}
	return words.Interval(v.Measured, v.Unit)
}

// verdicts are those of both runs, and the targets where they are not the same.
func (d Delta) verdicts() string {
	word := func(v *Value) string {
		if v == nil {
			return "-"
		}
		return words.Verdict(v.Verdict)
	}
	said := word(d.Now)
	switch before := word(d.Before); {
	case d.Now == nil:
		said = before
	case d.Before != nil && before != said:
		said = before + ", now " + said
	}
	if d.Before != nil && d.Now != nil {
		a, b := words.Target(d.Before.Target, d.Before.Unit), words.Target(d.Now.Target, d.Now.Unit)
		if a != b {
			said += "; target " + cmp.Or(a, "none") + ", now " + cmp.Or(b, "none")
		}
	}
	return said
}

// grown says between which bounds the change lies: "+2.1 to +3 s".
func (d Delta) grown() string {
	if d.Now == nil || d.Before == nil || d.Now.Measured == nil || d.Before.Measured == nil || d.State == Unlike {
		return ""
	}
	unit := " " + words.Plain(d.Now.Unit)
	switch {
	case d.Least == nil && d.Most == nil:
		return "not bounded"
	case d.Most == nil:
		return signed(*d.Least, words.Low) + unit + " or more"
	case d.Least == nil:
		return signed(*d.Most, words.High) + unit + " or less"
	case *d.Least == *d.Most:
		return signed(*d.Least, words.Exact) + unit
	}
	return signed(*d.Least, words.Low) + " to " + signed(*d.Most, words.High) + unit
}

func signed(v float64, word func(float64) string) string {
	if v > 0 {
		return "+" + word(v)
	}
	return word(v)
}

func (c Comparison) changed() dossier.Table {
	t := dossier.Table{ID: "configuration", Empty: "scenario, maildrill, environment and timers are the same",
		Head: []dossier.Column{{Title: "what"}, {Title: "before", Share: 1.6}, {Title: "now", Share: 1.6}}}
	say := func(v *string) string {
		if v == nil {
			return "-"
		}
		return words.Plain(*v)
	}
	for _, ch := range c.Changes {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: words.Plain(ch.What)}, {Text: say(ch.Before)}, {Text: say(ch.Now)}})
	}
	return t
}

// stretches say what the timeline shows in numbers.
func (c Comparison) stretches() *dossier.Table {
	t := &dossier.Table{ID: "stretches", Empty: "no fault and no outage in either run",
		Head: []dossier.Column{{Title: "lane", Share: 1.3}, {Title: "run"}, {Title: "is"}, {Title: "from, s", Right: true}, {Title: "to, s", Right: true}}}
	for _, l := range c.Timeline.Lanes {
		for _, side := range []struct {
			run   string
			track Track
		}{{"before", l.Before}, {"now", l.Now}} {
			t.Rows = append(t.Rows, l.rows(side.run, side.track)...)
		}
	}
	return t
}

func (l Lane) rows(run string, t Track) [][]dossier.Cell {
	row := func(is, from, to string) []dossier.Cell {
		return []dossier.Cell{{Text: words.Plain(l.Name)}, {Text: run}, {Text: is}, {Text: from}, {Text: to}}
	}
	switch {
	case !t.Seen:
		return [][]dossier.Cell{row("not looked at", "", "")}
	case len(t.Stretches) == 0 && l.Fault:
		return [][]dossier.Cell{row("never on", "", "")}
	case len(t.Stretches) == 0:
		return [][]dossier.Cell{row("never gone", "", "")}
	}
	var rows [][]dossier.Cell
	for _, s := range t.Stretches {
		rows = append(rows, row(string(s.Is), words.Low(s.From), words.High(s.To)))
	}
	return rows
}
