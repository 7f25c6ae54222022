package exercise

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// entry is one thing that happened.
type entry struct {
	at   time.Time
	kind string
	who  string
	text string
	tone dossier.Tone
	id   string // of its row
	key  string // finds it again
}

// timeline is all that happened, to machines and to people, in one order.
func (t *teller) timeline() dossier.Section {
	entries := t.entries()
	s := dossier.Section{ID: "timeline", Title: "Timeline: machines and people"}
	if f, ok := t.picture(entries); ok {
		s.Blocks = append(s.Blocks, dossier.Picture{Figure: f, Wide: true, Caption: "Play, from its start to its end, in time since the start. The table below says the same in words, and what was before and after."})
	} else {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "There is nothing to draw: play never began.", Tone: dossier.Open})
	}
	table := dossier.Table{ID: "events", Caption: "What happened", Search: true, Empty: "Nothing happened.", Head: []dossier.Column{{Title: "time (UTC)", Share: 1.4}, {Title: "since start"}, {Title: "kind"}, {Title: "who"}, {Title: "what", Share: 4}}}
	for _, e := range entries {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: stamp(&e.at), ID: e.id}, {Text: since(t.rec.Started, e.at)}, {Text: e.kind}, {Text: e.who}, {Text: e.text, Tone: e.tone}})
	}
	if len(t.log) == 0 {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "The log was not at hand: messages to all, and what the drill said while it ran, are not in the timeline.", Tone: dossier.Open})
	}
	s.Blocks = append(s.Blocks, table)
	return s
}

// entries are in the order of time; at the same moment in the order of the kinds.
func (t *teller) entries() []entry {
	var all []entry
	for _, list := range [][]entry{t.moves(), t.faults(), t.machines(), t.injects(), t.stepped(), t.marked(), t.noted(), t.messages()} {
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	for i := range all {
		all[i].id = fmt.Sprintf("t-%04d", i+1)
	}
	return all
}

func (t *teller) moves() (out []entry) {
	for _, m := range t.rec.Transitions {
		text := fmt.Sprintf("%s, was %s", cmp.Or(words.Plain(string(m.To)), "no state"), cmp.Or(words.Plain(string(m.From)), "no state"))
		if why := t.say(m.Why); why != "" {
			text += ": " + why
		}
		e := entry{at: m.At, kind: "state", who: t.who(m.By, m.Role), text: text}
		if m.To == exercise.Hold || m.To == exercise.Stopped {
			e.tone = dossier.Open
		}
		out = append(out, e)
	}
	for _, l := range t.rec.Leaders {
		if l.Left != nil && l.Lost {
			out = append(out, entry{at: *l.Left, kind: "leader", who: machine, text: "the process that led was lost; that was found later", tone: dossier.Open})
		}
	}
	return out
}

// faults are what the machine broke, with what is proven of it.
func (t *teller) faults() (out []entry) {
	if t.rec.Drill == nil {
		return nil
	}
	for _, f := range t.rec.Drill.Faults {
		name := fmt.Sprintf("%s: %s on %s", words.Plain(f.Step), words.Plain(f.Kind), words.List(f.On))
		if f.Injected != nil {
			e := entry{at: *f.Injected, kind: "fault", who: machine, key: "on " + f.Step, text: fmt.Sprintf("%s; in effect: %s; met %d times", name, yes(f.Effective), f.Exercised)}
			if !f.Effective {
				e.tone = dossier.Open
			}
			out = append(out, e)
		}
		if f.Reverted != nil {
			e := entry{at: *f.Reverted, kind: "fault", who: machine, text: name + " is taken back; nothing is left: " + yes(f.Clean)}
			if !f.Clean {
				e.tone = dossier.Bad
			}
			out = append(out, e)
		}
	}
	return out
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "NO"
}

// machines are what the drill said while it ran.
func (t *teller) machines() (out []entry) {
	for _, e := range t.log {
		var p exercise.Progress
		if e.Kind != exercise.DrillSaid || json.Unmarshal(e.Data, &p) != nil {
			continue
		}
		where := strings.Trim(words.Plain(p.Step)+" on "+words.Plain(p.Node), " ")
		where = strings.TrimSuffix(strings.TrimPrefix(where, "on "), " on")
		out = append(out, entry{at: e.At, kind: "drill", who: machine, text: strings.TrimPrefix(where+": "+t.say(p.Text), ": ")})
	}
	return out
}

func (t *teller) injects() (out []entry) {
	for _, i := range t.rec.Injects {
		name := cmp.Or(t.say(i.Title), words.Plain(i.ID))
		if i.Asked != nil {
			out = append(out, entry{at: *i.Asked, kind: "inject", who: t.who(i.By, ""), text: "asks for: " + name})
		}
		if i.Released == nil {
			continue
		}
		e := entry{at: *i.Released, kind: "inject", who: t.who(i.By, ""), text: name, key: "inject " + i.ID}
		if text := t.say(i.Text); text != "" {
			e.text += ": " + text
		}
		if i.Failed != "" {
			e.text, e.tone = e.text+"; its message did not go out: "+t.say(i.Failed), dossier.Open
		}
		out = append(out, e)
	}
	return out
}

func (t *teller) stepped() (out []entry) {
	for _, s := range t.rec.Steps {
		name, who := cmp.Or(t.say(s.Title), words.Plain(s.ID)), t.who(s.By, s.Role)
		if s.Began != nil {
			out = append(out, entry{at: *s.Began, kind: "step", who: who, text: name + ": begun", key: "step " + s.ID})
		}
		if s.Ended != nil {
			e := entry{at: *s.Ended, kind: "step", who: who, text: name + ": " + words.Plain(s.Result), tone: stepTone(s.Result)}
			if note := t.say(s.Note); note != "" {
				e.text += "; " + note
			}
			out = append(out, e)
		}
	}
	return out
}

func (t *teller) marked() (out []entry) {
	for _, m := range t.rec.Marks {
		out = append(out, entry{at: m.At, kind: "mark", who: t.who(m.By, ""), text: words.Plain(m.Kind), key: "mark"})
	}
	return out
}

func (t *teller) noted() (out []entry) {
	for _, n := range t.rec.Notes {
		out = append(out, entry{at: n.At, kind: "note", who: t.who(n.By, n.Role), key: "note",
			text: strings.TrimPrefix(strings.TrimSuffix(words.Plain(n.Kind)+": "+t.say(n.Text), ": "), ": ")})
	}
	return out
}

// messages are what went out to people.
func (t *teller) messages() (out []entry) {
	for _, n := range t.rec.Notices {
		if n.Sent != nil {
			out = append(out, entry{at: *n.Sent, kind: "message", who: machine, key: "message", text: fmt.Sprintf("notice to %s over %s: %s", t.say(n.Audience), words.Plain(n.Channel), t.say(n.Text))})
		}
		if n.Answered != nil {
			out = append(out, entry{at: *n.Answered, kind: "message", who: "one of the audience", key: "message", text: "acknowledges the notice " + words.Plain(n.ID)})
		}
	}
	for _, s := range t.sayings() {
		e := entry{at: s.at, kind: "message", who: s.who, key: "message", text: fmt.Sprintf("to all over %s: %s", words.Plain(s.Channel), t.say(s.Text))}
		if s.Failed != "" {
			e.text, e.tone = e.text+"; it did not go out: "+t.say(s.Failed), dossier.Open
		}
		out = append(out, e)
	}
	return out
}

// saying is a message to all who take part.
type saying struct {
	exercise.Saying
	at  time.Time
	who string
}

func (t *teller) sayings() (out []saying) {
	for _, e := range t.log {
		s := saying{at: e.At, who: t.who(e.By, e.Role)}
		if e.Kind == exercise.Said && json.Unmarshal(e.Data, &s.Saying) == nil {
			out = append(out, s)
		}
	}
	return out
}
