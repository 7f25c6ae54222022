package programme

import (
	"fmt"
	"slices"
	"time"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// momentForm is how moments are shown.
const momentForm = "2006-01-02 15:04"

// StandingDocument shows how items stand, the worst first.
func (p *Plan) StandingDocument(all []Standing) dossier.Document {
	t := dossier.Table{ID: "items", Search: true, Empty: "Nothing is due.", Head: []dossier.Column{{Title: "item", Share: 1.2}, {Title: "state"}, {Title: "last passed"},
		{Title: "next due", Share: 1.6}, {Title: "to note", Share: 2}}}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Standing) int {
		return slices.Index(States, a.State) - slices.Index(States, b.State)
	})
	for _, s := range sorted {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: words.Plain(s.Item), Mono: true}, {Text: string(s.State), Tone: s.State.Tone()}, {Text: s.age(p.zone)},
			{Text: p.when(s.Due, s.Window)}, {Text: s.note()}})
	}
	return p.document(dossier.Section{Blocks: []dossier.Block{t}})
}

// DatesDocument shows dates that come, without the times of what is unannounced.
func (p *Plan) DatesDocument(list []Occurrence) dossier.Document {
	t := dossier.Table{ID: "dates", Search: true, Empty: "No date lies in that time.", Head: []dossier.Column{{Title: "when", Share: 1.6}, {Title: "item", Share: 1.2},
		{Title: "what", Share: 1.6}, {Title: "who", Share: 1.2}, {Title: "to note", Share: 2}}}
	for _, o := range list {
		it, _ := p.file.Item(o.Item)
		who := p.file.OwnerOf(it)
		if !it.Manual() {
			who = "maildrill"
		}
		t.Rows = append(t.Rows, []dossier.Cell{{Text: p.when(o.shownAt(), o.Window)}, {Text: words.Plain(o.Item), Mono: true}, {Text: words.Plain(it.Subject())},
			{Text: words.Plain(who)}, o.note()})
	}
	return p.document(dossier.Section{Blocks: []dossier.Block{t}})
}

func (p *Plan) document(s dossier.Section) dossier.Document {
	m := p.file.Metadata
	title := m.Title
	if title == "" {
		title = m.Name
	}
	return dossier.Document{Title: words.Plain(title), Kind: "Programme", Sections: []dossier.Section{s}}
}

// when is a moment, or the days of a window.
func (p *Plan) when(at time.Time, w *Window) string {
	switch {
	case at.IsZero():
		return "none left"
	case w != nil:
		last := w.To.Add(-time.Minute)
		return fmt.Sprintf("%s to %s", day(w.From, p.zone), day(last, p.zone))
	}
	return at.In(p.zone).Format(momentForm)
}

func (s Standing) note() string {
	text := s.Why + "; " + s.Owner
	if s.Window != nil {
		text += "; unannounced"
	}
	return words.Plain(text)
}

func (s Standing) age(zone *time.Location) string {
	if s.Passed == nil {
		return "never"
	}
	return fmt.Sprintf("%s, %.0f d", day(s.Passed.At, zone), s.AgeDays)
}

func (o Occurrence) note() dossier.Cell {
	switch {
	case o.Skipped != "":
		return dossier.Cell{Text: words.Plain("skipped: " + o.Skipped), Tone: dossier.Open}
	case len(o.Moved) > 0:
		return dossier.Cell{Text: words.Plain("moved, " + o.Moved[0].Why)}
	case o.Window != nil:
		return dossier.Cell{Text: "unannounced"}
	}
	return dossier.Cell{}
}

// Tone is what a state means for the reader.
func (s State) Tone() dossier.Tone {
	switch s {
	case Fresh:
		return dossier.Good
	case Overdue:
		return dossier.Bad
	case Never:
		return dossier.Neutral
	}
	return dossier.Open
}
