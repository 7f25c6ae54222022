package exercise

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// field is one fact of the header, with its id in the catalogue of evidence.
type field struct {
	id, name, value string
	mono            bool
}

// fields are what an auditor asks of an exercise, filled or not.
func (t *teller) fields() []field {
	r := t.rec
	fields := []field{
		{"E01", "record", words.Plain(r.ID), true},
		{"E01", "title", t.say(r.Title), false},
		{"E02", "form", words.Plain(r.Form), false},
		{"E03", "planned", known(stamp(r.Planned)), false},
		{"E03", "started", known(stamp(r.Started)), false},
		{"E03", "ended", known(stamp(r.Ended)), false},
		{"E04", "drill", t.drillName(), true},
		{"E04", "scope", t.scope(), false},
		{"E05", "differences from production", t.sayAll(r.Differences), false},
		{"E06", "plan", words.Plain(r.Plan.Document), false},
		{"E06", "version of the plan", words.Plain(r.Plan.Version), false},
		{"E06", "plan reviewed", words.Plain(r.Plan.Reviewed), false},
		{"E06", "runbook kept at", t.say(r.Plan.Runbook), false},
		{"E07", "story", t.say(r.Story), false},
		{"E07", "sha256 of the game day", words.Plain(r.SHA256), true},
		{"E08", "goal", t.say(r.Goal), false},
		{"E09", "parts", t.parts(), false},
		{"E10", "approved", t.approvals(), false},
		{"E10", "stopped if", t.sayAll(r.StopWhen), false},
		{"E24", "report goes to", t.sayAll(r.ReportTo), false},
	}
	return fields
}

// known is empty for what is not known.
func known(text string) string {
	if text == "not known" {
		return ""
	}
	return text
}

func (t *teller) header() dossier.Section {
	facts := dossier.Facts{}
	for _, f := range t.fields() {
		one := dossier.Fact{Name: fmt.Sprintf("%s (%s)", f.name, f.id), Value: f.value, Mono: f.mono}
		if f.value == "" {
			one.Value, one.Mono, one.Tone = "EMPTY", false, dossier.Open
		}
		facts.Facts = append(facts.Facts, one)
	}
	return dossier.Section{ID: "header", Title: "The exercise", Blocks: []dossier.Block{facts}}
}

// drillName is the run below the exercise.
func (t *teller) drillName() string {
	r := t.rec
	switch {
	case r.Drill != nil && r.Drill.Run != "":
		return strings.TrimPrefix(words.Plain(r.Scenario)+", run "+words.Plain(r.Drill.Run), ", ")
	case tabletop(r):
		return "none: no machine took part"
	case r.Scenario != "":
		return words.Plain(r.Scenario) + ", never begun"
	}
	return ""
}

// scope is what was in the exercise, as far as the record says.
func (t *teller) scope() string {
	r := t.rec
	var parts []string
	if len(r.Causes) > 0 {
		parts = append(parts, "against "+words.List(r.Causes))
	}
	if len(r.Mitigations) > 0 {
		parts = append(parts, "of "+words.List(r.Mitigations))
	}
	if r.Drill != nil {
		var on []string
		for _, f := range r.Drill.Faults {
			on = append(on, f.On...)
		}
		if len(on) > 0 {
			parts = append(parts, "faults on "+words.List(on))
		}
	}
	if len(parts) > 0 && r.Simulated {
		parts = append(parts, "on simulated servers")
	}
	return strings.Join(parts, "; ")
}

func (t *teller) parts() string {
	filled, waived, acted := 0, 0, 0
	for _, p := range t.rec.People {
		switch {
		case p.Waived != "":
			waived++
		case p.Acted != "":
			acted++
			filled++
		default:
			filled++
		}
	}
	if filled+waived == 0 {
		return ""
	}
	return fmt.Sprintf("%d filled, of which %d acted; %d waived", filled, acted, waived)
}

// approvals are who let it happen, by role; the names are among the participants.
func (t *teller) approvals() string {
	var said []string
	for _, m := range t.rec.Transitions {
		if m.To == exercise.Approved || m.To == exercise.Go {
			said = append(said, strings.TrimSuffix(fmt.Sprintf("%s by %s at %s, %s", words.Plain(string(m.To)), t.who(m.By, m.Role), stamp(&m.At), t.say(m.Why)), ", "))
		}
	}
	return strings.Join(said, "; ")
}

func (t *teller) sayAll(items []string) string {
	var out []string
	for _, i := range items {
		out = append(out, t.say(i))
	}
	return strings.Join(out, "; ")
}

// participants are the first of the places that name people.
func (t *teller) participants() dossier.Section {
	table := dossier.Table{ID: "people", Caption: "Parts", Empty: "Nobody is named.", Head: []dossier.Column{{Title: "role", Share: 1.3}, {Title: "intended", Share: 1.5}, {Title: "deputy", Share: 1.5},
		{Title: "acted", Share: 1.5}, {Title: "reached over"}, {Title: "trained"}}}
	for _, p := range t.rec.People {
		acted := dossier.Cell{Text: words.Plain(p.Acted)}
		switch {
		case p.Waived != "":
			acted = dossier.Cell{Text: "waived: " + words.Plain(p.Waived), Tone: dossier.Open}
		case p.Acted == "":
			acted = dossier.Cell{Text: "nobody did", Tone: dossier.Open}
		}
		table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(p.Role)}, {Text: words.Plain(p.Name)}, {Text: words.Plain(p.Deputy)}, acted,
			{Text: words.Plain(p.Channel)}, {Text: cmp.Or(words.Plain(p.Trained), "not said")}})
	}
	return dossier.Section{ID: "participants", Title: "Participants", Blocks: []dossier.Block{
		dossier.Paragraph{Text: "Names stand here, with the actions that people own and the risks that they accept, and in the sign-off. Elsewhere stand roles: the exercise tries the plan, not people."}, table, t.allowed()}}
}

// allowed is who let the exercise go on, by name.
func (t *teller) allowed() dossier.Table {
	table := dossier.Table{ID: "approvals", Caption: "Approvals", Empty: "None is in the record.", Head: []dossier.Column{{Title: "what"}, {Title: "when", Share: 1.5}, {Title: "role"}, {Title: "name", Share: 1.5}, {Title: "why", Share: 2}}}
	for _, m := range t.rec.Transitions {
		if m.To == exercise.Approved || m.To == exercise.Go {
			table.Rows = append(table.Rows, []dossier.Cell{{Text: words.Plain(string(m.To))}, {Text: stamp(&m.At)}, {Text: t.who(m.By, m.Role)}, {Text: words.Plain(m.By)}, {Text: words.Plain(m.Why)}})
		}
	}
	return table
}
