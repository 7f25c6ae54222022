package dossier

import (
	"fmt"
	"strings"

	"maildrill/reports/chronicle"
	"maildrill/reports/figure"
	"maildrill/reports/words"
)

// timeline is the main picture, with the events that it is drawn from.
func timeline(s Source) Section {
	section := Section{ID: "timeline", Title: "Timeline"}
	if f := figure.Timeline(s.Record, s.Chronicle); f.Draw != nil {
		events := eventTable(s)
		section.Blocks = append(section.Blocks, Picture{Figure: f, Wide: true, Caption: timelineCaption(s.Chronicle), Twin: &events})
	} else {
		section.Blocks = append(section.Blocks, Paragraph{Text: "There is nothing to draw: the run has no phases.", Tone: Open})
	}
	if torn := s.Chronicle.Torn; torn != "" {
		section.Blocks = append(section.Blocks, Paragraph{Text: "The history is cut short: " + words.Plain(torn), Tone: Open})
	}
	for _, doubt := range s.Chronicle.Doubts {
		section.Blocks = append(section.Blocks, Paragraph{Text: "Record and history do not agree: " + words.Plain(doubt), Tone: Bad})
	}
	return section
}

func timelineCaption(c chronicle.Chronicle) string {
	said := []string{"Times are seconds since the start of the run. What nobody looked at is hatched, and counts as nothing."}
	if len(c.Copies.Points) > 0 {
		said = append(said, fmt.Sprintf("A store tells the second of an arrival: a copy may have arrived up to %s s before it is drawn.", words.Exact(chronicle.ArrivalWidth)))
	}
	if c.Thinned != "" {
		said = append(said, words.Plain(c.Thinned))
	}
	return strings.Join(said, " ")
}

func eventTable(s Source) Table {
	t := Table{ID: "events", Caption: "Events", Search: true, Empty: "No event was written down.",
		Head: []Column{{Title: "event", Right: true}, {Title: "seconds", Right: true}, {Title: "clock"}, {Title: "kind", Share: 1.5}, {Title: "step"}, {Title: "node"}, {Title: "what", Share: 4}}}
	for _, m := range s.Chronicle.Events {
		t.Rows = append(t.Rows, []Cell{
			{Text: fmt.Sprint(m.N), ID: m.Anchor()}, {Text: fmt.Sprintf("%.3f", m.At)}, {Text: wall(s.Record, m.At)},
			{Text: words.Plain(m.Kind), Mono: true}, {Text: words.Plain(m.Step)}, {Text: words.Plain(m.Node)}, {Text: words.Plain(m.Text)},
		})
	}
	if n := s.Chronicle.EventsLeftOut; n > 0 {
		t.Caption = fmt.Sprintf("Events; %d more are in events.jsonl", n)
	}
	return t
}
