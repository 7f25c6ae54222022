package exercise

import (
	"cmp"
	"fmt"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

func stepTone(result string) dossier.Tone {
	switch result {
	case "done":
		return dossier.Good
	case "failed":
		return dossier.Bad
	}
	return dossier.Open
}

// runbook is what people were expected to do, and what they did; steps that were
// left out or failed are in it too.
func (t *teller) runbook() dossier.Section {
	table := dossier.Table{ID: "step-table", Empty: "There was no runbook.", Head: []dossier.Column{{Title: "step", Share: 2.5}, {Title: "role"}, {Title: "by"}, {Title: "expected"}, {Title: "took"}, {Title: "result"}, {Title: "deviation", Share: 2.5}}}
	for _, s := range t.rec.Steps {
		how := "people"
		if s.Releases != "" {
			how = "people, then the machine"
		}
		row := []dossier.Cell{{Text: cmp.Or(t.say(s.Title), words.Plain(s.ID))}, {Text: cmp.Or(words.Plain(s.Role), "anybody")}, {Text: how}, {Text: "not said"}, {Text: "not known", Tone: dossier.Open},
			{Text: cmp.Or(words.Plain(s.Result), "open"), Tone: stepTone(s.Result)}, {Text: t.say(s.Note)}}
		if s.Expect > 0 {
			row[3].Text = length(s.Expect)
		}
		if s.Took != nil {
			row[4] = dossier.Cell{Text: length(*s.Took)}
			if s.Expect > 0 && *s.Took > s.Expect {
				row[4] = dossier.Cell{Text: fmt.Sprintf("%s, %s over", length(*s.Took), length(*s.Took-s.Expect)), Tone: dossier.Bad}
			}
		}
		table.Rows = append(table.Rows, row)
	}
	section := dossier.Section{ID: "runbook", Title: "Steps of the runbook", Blocks: []dossier.Block{table}}
	if n := len(t.rec.Steps); n > 0 {
		section.Blocks = append(section.Blocks, dossier.Paragraph{Text: fmt.Sprintf("%d of %s, %.0f %%, are done by people alone; behind the others a machine goes on.", manual(t.rec), counted(n, "step"), 100*float64(manual(t.rec))/float64(n))})
	}
	return section
}

// manual counts the steps that people do alone.
func manual(r exercise.Record) (n int) {
	for _, s := range r.Steps {
		if s.Releases == "" {
			n++
		}
	}
	return n
}

// answeredWithin counts the calls that were answered in time, of all.
func answeredWithin(c exercise.RollCall) (in, of int) {
	for _, one := range c.Calls {
		if one.Answered != nil && one.Answered.Sub(one.Sent).Seconds() <= c.Within {
			in++
		}
	}
	return in, len(c.Calls)
}

func (t *teller) communications() dossier.Section {
	s := dossier.Section{ID: "communications", Title: "Communications", Blocks: []dossier.Block{t.channelTable()}}
	if c := t.rec.RollCall; c == nil {
		s.Blocks = append(s.Blocks, dossier.Paragraph{Text: "There was no roll-call: whether people can be reached without mail was not tried.", Tone: dossier.Open})
	} else {
		in, of := answeredWithin(*c)
		said := dossier.Paragraph{Text: fmt.Sprintf("Roll-call: %d of %d answered within %s; %d were asked for.", in, of, length(c.Within), c.Quorum), Tone: dossier.Good}
		if in < c.Quorum || of == 0 {
			said.Tone = dossier.Bad
		}
		s.Blocks = append(s.Blocks, said, t.callTable(*c))
	}
	s.Blocks = append(s.Blocks, t.noticeTable())
	if table := t.sayingTable(); len(table.Rows) > 0 {
		s.Blocks = append(s.Blocks, table)
	}
	s.Blocks = append(s.Blocks, t.failures())
	return s
}

func (t *teller) channelTable() dossier.Table {
	table := dossier.Table{ID: "channels", Caption: "Ways to reach people", Empty: "None is named.", Head: []dossier.Column{{Title: "channel"}, {Title: "kind"}, {Title: "provider", Share: 1.5}, {Title: "depends on", Share: 2}}}
	for _, c := range t.rec.Channels {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(c.ID)}, {Text: words.Plain(c.Kind)}, {Text: cmp.Or(words.Plain(c.Provider), "not said")}, {Text: cmp.Or(words.List(c.DependsOn), "nothing that is said")}})
	}
	return table
}

func (t *teller) callTable(c exercise.RollCall) dossier.Table {
	table := dossier.Table{ID: "calls", Caption: "Roll-call, by role", Empty: "Nobody was called.", Head: []dossier.Column{{Title: "role"}, {Title: "channel"}, {Title: "called (UTC)", Share: 1.5}, {Title: "answered after"}, {Title: "over"}, {Title: "to note", Share: 2}}}
	for _, one := range c.Calls {
		row := []dossier.Cell{{Text: cmp.Or(words.Plain(one.Role), nobody)}, {Text: words.Plain(one.Channel)}, {Text: stamp(&one.Sent)}, {Text: "no answer", Tone: dossier.Bad}, {Text: words.Plain(one.Via)}, {}}
		if one.Answered != nil {
			took := one.Answered.Sub(one.Sent).Seconds()
			row[3] = dossier.Cell{Text: length(took)}
			if took > c.Within {
				row[3].Tone, row[5] = dossier.Open, dossier.Cell{Text: "too late", Tone: dossier.Open}
			}
		}
		if one.Failed != "" {
			row[5] = dossier.Cell{Text: "did not go out: " + t.say(one.Failed), Tone: dossier.Bad}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (t *teller) noticeTable() dossier.Table {
	table := dossier.Table{ID: "notices", Caption: "Notices", Empty: "None was planned: nobody outside was told.", Head: []dossier.Column{{Title: "to", Share: 1.3}, {Title: "when"}, {Title: "over"}, {Title: "sent (UTC)", Share: 1.5}, {Title: "acknowledged", Share: 1.5}, {Title: "text", Share: 2.5}}}
	for _, n := range t.rec.Notices {
		row := []dossier.Cell{{Text: t.say(n.Audience)}, {Text: words.Plain(n.When)}, {Text: words.Plain(n.Channel)}, {Text: "never", Tone: dossier.Open}, {Text: "not asked for"}, {Text: t.say(n.Text)}}
		if n.Sent != nil {
			row[3] = dossier.Cell{Text: stamp(n.Sent)}
		}
		switch {
		case n.Answered != nil:
			row[4] = dossier.Cell{Text: "after " + between(n.Sent, n.Answered), Tone: dossier.Good}
		case n.Acknowledge:
			row[4] = dossier.Cell{Text: "NO", Tone: dossier.Bad}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (t *teller) sayingTable() dossier.Table {
	table := dossier.Table{ID: "sayings", Caption: "Messages to all", Head: []dossier.Column{{Title: "time (UTC)", Share: 1.5}, {Title: "kind"}, {Title: "over"}, {Title: "text", Share: 4}}}
	for _, s := range t.sayings() {
		table.Rows = append(table.Rows, []dossier.Cell{{Text: stamp(&s.at)}, {Text: words.Plain(s.Kind)}, {Text: words.Plain(s.Channel)}, {Text: t.say(s.Text)}})
	}
	return table
}

// failures are all sendings that did not go out.
func (t *teller) failures() dossier.Table {
	table := dossier.Table{ID: "failures", Caption: "What did not go out", Empty: "Everything that was sent went out.", Head: []dossier.Column{{Title: "what", Share: 2}, {Title: "over"}, {Title: "why", Share: 3}}}
	add := func(what, channel, why string) {
		if why != "" {
			table.Rows = append(table.Rows, []dossier.Cell{{Text: what}, {Text: words.Plain(channel)}, {Text: t.say(why), Tone: dossier.Bad}})
		}
	}
	if c := t.rec.RollCall; c != nil {
		for _, one := range c.Calls {
			add("call to the "+cmp.Or(words.Plain(one.Role), "people"), one.Channel, one.Failed)
		}
	}
	for _, n := range t.rec.Notices {
		add("notice to "+t.say(n.Audience), n.Channel, n.Failed)
	}
	for _, i := range t.rec.Injects {
		add("inject: "+cmp.Or(t.say(i.Title), words.Plain(i.ID)), i.Channel, i.Failed)
	}
	for _, s := range t.sayings() {
		add("message to all at "+clock(s.at), s.Channel, s.Failed)
	}
	return table
}

// card is the go/no-go card, as it was answered.
func (t *teller) card() dossier.Section {
	tones := map[string]dossier.Tone{"go": dossier.Good, "no-go": dossier.Bad}
	table := dossier.Table{ID: "card-table", Empty: "Nobody was asked whether one may begin.", Head: []dossier.Column{{Title: "question", Share: 3}, {Title: "answer"}, {Title: "by"}, {Title: "when (UTC)", Share: 1.5}, {Title: "detail", Share: 2}}}
	for _, a := range t.rec.Card {
		tone, ok := tones[a.State]
		if !ok {
			tone = dossier.Open
		}
		by := ""
		if a.By != "" {
			by = t.who(a.By, "")
		} else if a.Machine {
			by = machine
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: cmp.Or(t.say(a.Question), words.Plain(a.ID))}, {Text: cmp.Or(words.Plain(a.State), "open"), Tone: tone}, {Text: by}, {Text: stamp(a.At)}, {Text: t.say(a.Detail)}})
	}
	return dossier.Section{ID: "card", Title: "Go or no-go", Blocks: []dossier.Block{table}}
}
