package exercise

import (
	"cmp"
	"fmt"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// stepsMost is how many steps have a row of their own.
const stepsMost = 12

// picture draws play; false: it never began.
func (t *teller) picture(entries []entry) (figure.Figure, bool) {
	if t.rec.Started == nil {
		return figure.Figure{}, false
	}
	p := &scene{teller: t, links: map[string]string{}}
	for _, e := range entries {
		if e.key != "" && p.links[e.key] == "" {
			p.links[e.key] = e.id
		}
	}
	p.end = p.last(entries)
	rows := []figure.Row{p.play()}
	rows = append(rows, p.broken()...)
	rows = append(rows, figure.Row{Name: "injects", Flags: p.flags(entries, "inject", figure.Diamond, figure.Bad)})
	rows = append(rows, p.steps()...)
	rows = append(rows, p.back(), figure.Row{Name: "milestones", Flags: p.flags(entries, "mark", figure.Square, figure.Text)}, figure.Row{Name: "notes", Flags: p.flags(entries, "note", figure.Dot, figure.Accent)},
		figure.Row{Name: "messages", Flags: p.flags(entries, "message", figure.Triangle, figure.Second)})
	if drill := p.flags(entries, "drill", figure.Tick, figure.Muted); len(drill) > 0 {
		rows = append(rows, figure.Row{Name: "drill", Flags: drill})
	}
	alt := fmt.Sprintf("%s of play with %s, %s and %s.", length(p.end), counted(t.told(), "inject"), counted(len(t.rec.Marks), "milestone"), counted(len(t.rec.Notes), "note"))
	return figure.Rows("exercise-timeline", "Timeline", alt, 0, p.end, rows), true
}

// scene is play over time.
type scene struct {
	*teller
	links map[string]string
	end   float64 // seconds since the start
}

func (p *scene) at(when time.Time) float64 { return when.Sub(*p.rec.Started).Seconds() }

// last is where the picture ends: with play, or with the last milestone.
func (p *scene) last(entries []entry) float64 {
	end := 0.0
	if p.rec.Ended != nil {
		end = p.at(*p.rec.Ended)
	}
	for _, m := range p.rec.Marks {
		end = max(end, p.at(m.At))
	}
	if end <= 0 {
		for _, e := range entries {
			end = max(end, p.at(e.at))
		}
	}
	return max(end, 1) * 1.01
}

// play is what state it was in.
func (p *scene) play() figure.Row {
	row := figure.Row{Name: "play"}
	inks := map[exercise.State]figure.Ink{exercise.Running: figure.Accent, exercise.Hold: figure.Open, exercise.Stopped: figure.Bad}
	for i, m := range p.rec.Transitions {
		ink, shown := inks[m.To]
		if !shown {
			continue
		}
		l := figure.Lasting{From: p.at(m.At), To: p.end, Open: true, Word: string(m.To), Ink: ink, Label: string(m.To) + " from " + clock(m.At)}
		if i+1 < len(p.rec.Transitions) {
			l.To, l.Open = p.at(p.rec.Transitions[i+1].At), false
		}
		row.Spans = append(row.Spans, l)
	}
	return row
}

// broken is a row for each fault.
func (p *scene) broken() (rows []figure.Row) {
	if p.rec.Drill == nil {
		return nil
	}
	for n, f := range p.rec.Drill.Faults {
		if f.Injected == nil {
			continue
		}
		name := fmt.Sprintf("%s on %s", words.Plain(f.Kind), words.List(f.On))
		l := figure.Lasting{From: p.at(*f.Injected), To: p.end, Open: f.Reverted == nil, Word: name, Label: words.Plain(f.Step) + ": " + name, Ink: figure.FaultInk(n), Link: p.links["on "+f.Step]}
		if f.Reverted != nil {
			l.To = p.at(*f.Reverted)
		}
		rows = append(rows, figure.Row{Name: cmp.Or(words.Plain(f.Step), "fault"), Spans: []figure.Lasting{l}})
	}
	return rows
}

var stepInks = map[string]figure.Ink{"done": figure.Good, "failed": figure.Bad, "skipped": figure.Muted}

// steps are a row each, or all in one where there are many.
func (p *scene) steps() (rows []figure.Row) {
	for _, s := range p.rec.Steps {
		if s.Began == nil {
			continue
		}
		name := cmp.Or(p.say(s.Title), words.Plain(s.ID))
		l := figure.Lasting{From: p.at(*s.Began), To: p.end, Open: s.Ended == nil, Word: name, Label: name + ": " + words.Plain(s.Result), Ink: cmp.Or(stepInks[s.Result], figure.Open), Link: p.links["step "+s.ID]}
		if s.Ended != nil {
			l.To = p.at(*s.Ended)
		}
		rows = append(rows, figure.Row{Name: cmp.Or(words.Plain(s.ID), "step"), Spans: []figure.Lasting{l}})
	}
	if len(rows) <= stepsMost {
		return rows
	}
	one := figure.Row{Name: "runbook"}
	for _, r := range rows {
		one.Spans = append(one.Spans, r.Spans...)
	}
	return []figure.Row{one}
}

// back is how people saw the recovery: from each milestone to the next.
func (p *scene) back() figure.Row {
	row := figure.Row{Name: "recovery"}
	m := p.milestones()
	inks := []figure.Ink{figure.Bad, figure.Bad, figure.Open, figure.Accent, figure.Good}
	last, from := "", 0.0
	for i, kind := range milestoneKinds {
		at, ok := m[kind]
		if !ok {
			continue
		}
		x := p.at(at.at)
		if last != "" && x > from {
			label := fmt.Sprintf("from %s to %s: %s", last, kind, length(x-from))
			row.Spans = append(row.Spans, figure.Lasting{From: from, To: x, Word: kind + " after " + length(x-from), Label: label, Ink: inks[i-1], Link: "recovery"})
		}
		last, from = kind, x
	}
	return row
}

// flags are the entries of a kind, during play.
func (p *scene) flags(entries []entry, kind string, shape figure.Shape, ink figure.Ink) (out []figure.Flag) {
	for _, e := range entries {
		x := p.at(e.at)
		if e.kind != kind || x < 0 || x > p.end {
			continue
		}
		f := figure.Flag{At: x, Word: words.Cut(e.text, 36), Label: fmt.Sprintf("%s %s: %s", clock(e.at), e.who, words.Cut(e.text, 160)), Link: e.id, Shape: shape, Ink: ink}
		if e.tone == dossier.Open {
			f.Shape = figure.Ring
		}
		out = append(out, f)
	}
	return out
}
