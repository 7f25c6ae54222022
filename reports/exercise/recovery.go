package exercise

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

const fault = "fault"

// milestoneKinds are in the order in which they should come.
var milestoneKinds = []string{fault, "detected", "declared", "restored", "verified", "normal"}

// milestone is when something was first called.
type milestone struct {
	at  time.Time
	who string
}

type milestones map[string]milestone

// milestones are the first of each kind, and the fault.
func (t *teller) milestones() milestones {
	m := milestones{}
	if t.rec.Fault != nil {
		m[fault] = milestone{*t.rec.Fault, machine}
	}
	for _, one := range t.rec.Marks {
		if before, ok := m[one.Kind]; !ok || one.Kind != fault && one.At.Before(before.at) {
			m[one.Kind] = milestone{one.At, t.who(one.By, "")}
		}
	}
	return m
}

// took is how long it was from one to another, in seconds.
func (m milestones) took(from, to string) (seconds float64, ok bool) {
	a, okA := m[from]
	b, okB := m[to]
	return b.at.Sub(a.at).Seconds(), okA && okB
}

// after says how long after another one it was: "6m12s after the fault".
func (m milestones) after(kind, from string) string {
	name := map[string]string{fault: "the fault", "declared": "the declaration"}[from]
	seconds, ok := m.took(from, kind)
	switch {
	case !ok:
		return "at no known time after " + name
	case seconds < 0:
		return length(-seconds) + " BEFORE " + name
	}
	return length(seconds) + " after " + name
}

// recovery is the recovery as people called it.
func (t *teller) recovery() dossier.Section {
	s := dossier.Section{ID: "recovery", Title: "Recovery as people saw it"}
	m := t.milestones()
	if tabletop(t.rec) {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "No machine took part: the times are those of a conversation, and no recovery time.", Tone: dossier.Open})
	}
	facts := dossier.Facts{Facts: []dossier.Fact{m.objective("from the fault", fault), m.objective("from the declaration", "declared")}}
	if t.rec.Held > 0 || t.rec.HeldSince != nil {
		facts.Facts = append(facts.Facts, dossier.Fact{Name: "play stood still", Value: length(t.rec.Held) + "; the times contain it", Tone: dossier.Open})
	}
	s.Blocks = append(s.Blocks, facts, m.table())
	if len(t.rec.Levels) > 0 {
		s.Blocks = append(s.Blocks, levelTable(t.rec.Levels))
	}
	return s
}

// objective is the recovery time from one of the two moments that plans count
// from.
func (m milestones) objective(name, from string) dossier.Fact {
	f := dossier.Fact{Name: "recovery time " + name}
	seconds, ok := m.took(from, "restored")
	switch {
	case !ok:
		f.Value, f.Tone = "not known: "+m.lacks(from, "restored"), dossier.Open
	case seconds < 0:
		f.Value, f.Tone = "restored was called "+length(-seconds)+" before it", dossier.Open
	default:
		f.Value = length(seconds) + " until service was called restored"
	}
	return f
}

func (m milestones) lacks(kinds ...string) string {
	var out []string
	for _, k := range kinds {
		if _, ok := m[k]; !ok {
			out = append(out, k)
		}
	}
	return "nobody called " + strings.Join(out, " and ")
}

func (m milestones) table() dossier.Table {
	table := dossier.Table{ID: "milestones", Caption: "Milestones, the first of each", Head: []dossier.Column{{Title: "milestone"}, {Title: "time (UTC)", Share: 1.6}, {Title: "called by"}, {Title: "after the one before", Share: 1.5}, {Title: "after the fault"}}}
	last := ""
	for _, kind := range milestoneKinds {
		at, ok := m[kind]
		if !ok {
			said := "nobody called it"
			if kind == fault {
				said = "none was released"
			}
			table.Rows = append(table.Rows, []dossier.Cell{{Text: kind}, {Text: said, Tone: dossier.Open}, {}, {}, {}})
			continue
		}
		row := []dossier.Cell{{Text: kind}, {Text: stamp(&at.at)}, {Text: at.who}, m.cell(last, kind), m.cell(fault, kind)}
		if last == "" {
			row[3] = dossier.Cell{}
		}
		if kind == fault {
			row[4] = dossier.Cell{}
		}
		table.Rows, last = append(table.Rows, row), kind
	}
	return table
}

func (m milestones) cell(from, to string) dossier.Cell {
	seconds, ok := m.took(from, to)
	switch {
	case !ok:
		return dossier.Cell{Text: "not known", Tone: dossier.Open}
	case seconds < 0:
		return dossier.Cell{Text: length(seconds) + ": before it", Tone: dossier.Open}
	}
	return dossier.Cell{Text: length(seconds)}
}

func levelTable(levels []exercise.Level) dossier.Table {
	table := dossier.Table{ID: "levels", Caption: "Service levels, as agreed and as seen", Head: []dossier.Column{{Title: "provider"}, {Title: "service"}, {Title: "recovery agreed"}, {Title: "longest outage"}, {Title: "availability agreed"}, {Title: "seen"}}}
	for _, l := range levels {
		row := []dossier.Cell{{Text: words.Plain(l.Provider)}, {Text: words.Plain(l.Service)}, {Text: "none"}, {Text: "not known", Tone: dossier.Open}, {Text: "none"}, {Text: "not known", Tone: dossier.Open}}
		if l.Recovery > 0 {
			row[2].Text = "at most " + length(l.Recovery)
		}
		if l.Longest != nil {
			row[3] = dossier.Cell{Text: "at most " + length(*l.Longest)}
		}
		if l.Availability > 0 {
			row[4].Text = fmt.Sprintf("at least %.4g %%", l.Availability)
		}
		if l.Observed != nil {
			row[5] = dossier.Cell{Text: fmt.Sprintf("at least %.4g %%", *l.Observed)}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// objectives are those of the drill.
func (t *teller) objectives() dossier.Section {
	s := dossier.Section{ID: "objectives", Title: "Objectives of the drill"}
	d := t.rec.Drill
	if d == nil {
		said := "The drill was never begun: no machine was measured."
		if tabletop(t.rec) {
			said = "There was no drill: no machine took part, and none was measured."
		}
		s.Blocks = []dossier.Block{dossier.Paragraph{Text: said, Tone: dossier.Open}}
		return s
	}
	table := dossier.Table{ID: "drill-objectives", Empty: "The drill asked for nothing.", Head: []dossier.Column{{Title: "objective"}, {Title: "target"}, {Title: "measured"}, {Title: "verdict"}, {Title: "why", Share: 2}}}
	for _, o := range d.Objectives {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(o.Name), Mono: true}, {Text: cmp.Or(words.Plain(o.Target), "no target")}, {Text: cmp.Or(words.Plain(o.Measured), "no data")},
			{Text: cmp.Or(words.Plain(o.Verdict), "no verdict"), Tone: toneOf(exercise.Verdict(o.Verdict))}, {Text: t.say(o.Reason)}})
	}
	s.Blocks = []dossier.Block{drillFacts(*d), table}
	if len(d.Outages) > 0 {
		s.Blocks = append(s.Blocks, outageTable(d.Outages))
	}
	return s
}

func drillFacts(d exercise.Drill) dossier.Facts {
	return dossier.Facts{Facts: []dossier.Fact{
		{Name: "run", Value: cmp.Or(words.Plain(d.Folder), words.Plain(d.Run)), Mono: true},
		{Name: "verdict of the machine", Value: strings.TrimSuffix(cmp.Or(words.Plain(d.Verdict), "no verdict")+"; "+words.Plain(d.Reason), "; "), Tone: toneOf(exercise.Verdict(d.Verdict))},
		{Name: "ended as its scenario declares", Value: map[bool]string{true: "yes", false: "no, or it declares nothing"}[d.AsDeclared]},
		{Name: "mail", Value: fmt.Sprintf("%d copies accepted, %d delivered, %d lost", d.Accepted, d.Delivered, d.Lost)},
	}}
}

func outageTable(outages []exercise.Outage) dossier.Table {
	table := dossier.Table{ID: "outages", Caption: "Outages, as the machine saw them", Head: []dossier.Column{{Title: "service"}, {Title: "gone for"}}}
	for _, o := range outages {
		gone := dossier.Cell{Text: words.Low(o.Low) + " s or more: its end was not seen", Tone: dossier.Open}
		if o.High != nil {
			gone = dossier.Cell{Text: fmt.Sprintf("%s to %s s", words.Low(o.Low), words.High(*o.High))}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(o.Service)}, gone})
	}
	return table
}
