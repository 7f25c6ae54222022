package trend

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Document is the trend as a report.
func (t Trend) Document() dossier.Document {
	d := dossier.Document{Title: words.Plain(t.Scenario + ": " + t.Title), Kind: "Trend", Verdict: t.answer(), Notices: t.notices()}
	d.Chips = []dossier.Fact{{Name: "runs", Value: fmt.Sprintf("%d comparable", t.Runs)}}
	if t.Runs > 0 {
		d.Chips = append(d.Chips, dossier.Fact{Name: "clock", Value: words.Clock(record.Record{Clock: t.Clock})}, dossier.Fact{Name: "runtime", Value: words.Plain(t.Runtime)})
	}
	for n, l := range t.Lines {
		d.Sections = append(d.Sections, l.section(n, t.Clock))
		for _, p := range l.Points {
			if p.Started.After(d.Date) {
				d.Date = p.Started
			}
		}
	}
	d.Sections = append(d.Sections, dossier.Section{ID: "rule", Title: "Which runs, and the rule", Blocks: []dossier.Block{dossier.Paragraph{Text: t.population()}, dossier.Paragraph{Text: t.rule()}}})
	return d
}

// Pictures are the figures of the document in letters, at most so wide.
func (t Trend) Pictures(width int) map[string][]string {
	all := map[string][]string{}
	for n, l := range t.Lines {
		key := cmp.Or(l.scaleWord(), "no data")
		if n == 0 {
			key += "; " + sparkKey
		}
		all[figureID(n)] = append(l.Spark(width), words.Wrap(key, width, 5)...)
	}
	return all
}

func figureID(n int) string { return fmt.Sprintf("trend-%d", n+1) }

// said are the states in words.
var said = map[State]string{Regressed: "REGRESSED", Held: "no regression", Untold: "CANNOT BE TOLD", Unjudged: "not judged"}

var tones = map[State]dossier.Tone{Regressed: dossier.Bad, Held: dossier.Good, Untold: dossier.Open, Unjudged: dossier.Neutral}

// answer is the verdict of the whole trend.
func (t Trend) answer() dossier.Verdict {
	state := t.Verdict()
	v := dossier.Verdict{Tone: tones[state]}
	var names []string
	for _, l := range t.Lines {
		if l.Finding.State == state {
			names = append(names, words.Plain(l.Objective))
		}
	}
	switch state {
	case Regressed:
		v.Word, v.Why = "REGRESSED", "slower than before: "+strings.Join(names, ", ")
	case Held:
		v.Word, v.Why = "NO REGRESSION", "nothing is slower than before by more than can be told"
	default:
		v.Word, v.Why = "CANNOT BE TOLD", "the runs say too little of "+strings.Join(names, ", ")
		if len(t.Lines) == 0 {
			v.Why = "there is no run that can be compared"
		}
	}
	return v
}

// population says which runs are in the trend, and which are not.
func (t Trend) population() string {
	said := fmt.Sprintf("%d runs of this scenario can be compared: on real servers, in the same runtime, under the same clock.", t.Runs)
	if len(t.LeftOut) == 0 {
		return said
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(t.LeftOut)) {
		parts = append(parts, fmt.Sprintf("%d %s", t.LeftOut[why], why))
	}
	return said + " Left out: " + strings.Join(parts, ", ") + "."
}

func (t Trend) notices() []string {
	var all []string
	if len(t.Unheard) > 0 {
		all = append(all, "newer, and not judged, because there is no record that can be read: "+words.List(t.Unheard))
	}
	for _, l := range t.Lines {
		if slices.ContainsFunc(l.Points, func(p Point) bool { return p.Simulated }) {
			return append(all, "simulated runs are shown, marked, and count for nothing")
		}
	}
	return all
}

func (t Trend) rule() string {
	return fmt.Sprintf("The newest run has regressed if it was surely slower than the limit: the lower end of its interval is above the median of the "+
		"upper ends of the last %d sound runs before it, by more than %s %% and by more than %d times the median distance of these runs from it. "+
		"Fewer than %d runs, or a newest run without a sound value, are too few to tell.", Window, words.Exact(t.Worse*100), scatters, Fewest)
}

// section is one objective.
func (l Line) section(n int, clock string) dossier.Section {
	f := l.Finding
	facts := []dossier.Fact{{Name: "finding", Value: said[f.State] + ": " + words.Plain(f.Why), Tone: tones[f.State]}}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, dossier.Fact{Name: name, Value: value})
		}
	}
	if len(l.Points) > 0 {
		last := l.Points[len(l.Points)-1]
		add("target", words.Target(last.Target, l.Unit)+l.clockWord(clock))
	}
	if l.Sound > 0 {
		add("best, median", fmt.Sprintf("%s, %s of %d sound", words.Interval(l.Best, l.Unit), words.Interval(l.Median, l.Unit), l.Sound))
	}
	if len(f.Compared) > 0 {
		add("changed since", words.List(f.Changed))
	}
	return dossier.Section{ID: fmt.Sprintf("objective-%d", n+1), Title: words.Plain(l.Objective), Blocks: []dossier.Block{
		dossier.Facts{Facts: facts}, dossier.Picture{Figure: l.figure(n), Wide: true, Twin: l.table()}}}
}

func (l Line) clockWord(clock string) string {
	if words.Timed(record.Objective{Name: l.Objective}) {
		return ", " + words.Clock(record.Record{Clock: clock})
	}
	return ""
}

// table lists the points, the newest first.
func (l Line) table() *dossier.Table {
	t := &dossier.Table{Caption: "Runs, the newest first", Search: true, Empty: "no run",
		Head: []dossier.Column{{Title: "started (UTC)", Share: 1.2}, {Title: "measured", Right: true, Share: 1.2}, {Title: "target", Share: 1.2}, {Title: "verdict"}, {Title: "to note", Share: 2}, {Title: "run", Share: 2.5}}}
	for _, p := range slices.Backward(l.Points) {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: p.Started.Format("2006-01-02 15:04")}, {Text: words.Interval(p.Measured, l.Unit)}, {Text: words.Target(p.Target, l.Unit)},
			{Text: words.Verdict(p.Verdict), Tone: verdictTone(p.Verdict)}, {Text: p.note()}, {Text: words.Plain(p.Folder), Mono: true}})
	}
	return t
}

// note is what to know about a point.
func (p Point) note() string {
	var all []string
	if p.Note != "" {
		all = append(all, words.Plain(p.Note))
	}
	if len(p.Changed) > 0 {
		all = append(all, "changed: "+words.List(p.Changed))
	}
	return strings.Join(all, "; ")
}

func verdictTone(v record.Verdict) dossier.Tone {
	switch v {
	case record.Passed:
		return dossier.Good
	case record.Failed, record.Error:
		return dossier.Bad
	}
	return dossier.Open
}
