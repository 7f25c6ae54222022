package exercise

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// summary is five sentences, made from the record alone.
func (t *teller) summary() dossier.Section {
	return dossier.Section{ID: "summary", Title: "In five sentences", Blocks: []dossier.Block{
		dossier.List{Ordered: true, Items: []string{t.whatWas(), t.whatBroke(), t.whatCameBack(), t.whatPeopleDid(), t.whatCameOfIt()}}}}
}

func (t *teller) whatWas() string {
	r := t.rec
	acted := 0
	for _, p := range r.People {
		if p.Acted != "" {
			acted++
		}
	}
	plan := strings.TrimSpace(words.Plain(r.Plan.Document) + " " + words.Plain(r.Plan.Version))
	with := "with a drill on replicas"
	switch {
	case tabletop(r):
		with = "without any machine"
	case r.Simulated:
		with = "with a drill on SIMULATED servers"
	}
	return fmt.Sprintf("From %s to %s, people in %s played the plan “%s”, as an exercise of the form %s, %s.",
		stamp(r.Started), stamp(r.Ended), counted(acted, "part"), cmp.Or(plan, "without a name"), cmp.Or(words.Plain(r.Form), "not said"), with)
}

func (t *teller) whatBroke() string {
	m := t.milestones()
	switch {
	case t.rec.Fault == nil && tabletop(t.rec):
		return fmt.Sprintf("Nothing was broken; of %s %d told.", counted(len(t.rec.Injects), "inject"), t.told())
	case t.rec.Fault == nil:
		return "No fault was released."
	}
	return fmt.Sprintf("The first fault was at %s; people called it detected %s, and declared an incident %s.",
		clock(*t.rec.Fault), m.after("detected", fault), m.after("declared", fault))
}

func (t *teller) told() (n int) {
	for _, i := range t.rec.Injects {
		if i.Released != nil {
			n++
		}
	}
	return n
}

func (t *teller) whatCameBack() string {
	if t.rec.Fault == nil && tabletop(t.rec) {
		return "No recovery time was measured, because no machine took part."
	}
	m := t.milestones()
	said := fmt.Sprintf("People called service restored %s, which is %s", m.after("restored", fault), m.after("restored", "declared"))
	if d := t.rec.Drill; d != nil {
		said += fmt.Sprintf("; the machine ended as %s and counted %d of %d accepted copies as lost", cmp.Or(words.Plain(d.Verdict), "no verdict"), d.Lost, d.Accepted)
	}
	return said + "."
}

func (t *teller) whatPeopleDid() string {
	count := map[string]int{}
	for _, s := range t.rec.Steps {
		count[s.Result]++
	}
	said := "There was no roll-call"
	if c := t.rec.RollCall; c != nil {
		in, of := answeredWithin(*c)
		said = fmt.Sprintf("%d of %d who were called answered within %s", in, of, length(c.Within))
	}
	if len(t.rec.Steps) == 0 {
		return said + ", and no runbook was followed."
	}
	return fmt.Sprintf("%s; of %s of the runbook %d done, %d skipped, %d failed.", said, counted(len(t.rec.Steps), "step"), count["done"], count["skipped"], count["failed"])
}

func (t *teller) whatCameOfIt() string {
	r := t.rec
	missed, unsure := 0, 0
	for _, c := range r.Checks {
		switch c.Verdict {
		case exercise.Passed:
		case exercise.Failed:
			missed++
		default:
			unsure++
		}
	}
	refuted, open := 0, 0
	for _, h := range r.Hypotheses {
		if h.Outcome == "refuted" {
			refuted++
		}
	}
	for _, a := range r.Actions {
		if !settled(a) {
			open++
		}
	}
	return fmt.Sprintf("%d of %s failed and %d could not be told, %d of %d hypotheses refuted; %s and %s came of it, %d still to be done.",
		missed, counted(len(r.Checks), "check"), unsure, refuted, len(r.Hypotheses), counted(len(r.Findings), "finding"), counted(len(r.Actions), "action"), open)
}

// sorted are checks, the worst first.
func sorted(checks []exercise.Check) []exercise.Check {
	order := []exercise.Verdict{exercise.Failed, exercise.Aborted, exercise.Inconclusive, "", exercise.Passed}
	out := slices.Clone(checks)
	slices.SortStableFunc(out, func(a, b exercise.Check) int {
		return cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict))
	})
	return out
}

// checks are a card each.
func (t *teller) checks() dossier.Section {
	s := dossier.Section{ID: "checks", Title: "Checks"}
	if len(t.rec.Checks) == 0 {
		s.Blocks = []dossier.Block{dossier.Paragraph{Text: "None was judged: nothing was shown.", Tone: dossier.Open}}
		return s
	}
	var cards []dossier.Card
	for _, c := range sorted(t.rec.Checks) {
		word := cmp.Or(strings.ToUpper(words.Plain(string(c.Verdict))), "NO VERDICT")
		card := dossier.Card{Title: cmp.Or(t.say(c.Title), words.Plain(c.ID)), Verdict: dossier.Verdict{Word: word, Tone: toneOf(c.Verdict), Why: t.say(c.Reason)},
			Value: cmp.Or(t.say(c.Measured), "no data"), Lines: []string{"check " + words.Plain(c.ID)}}
		if len(c.Requirements) > 0 {
			card.Lines = append(card.Lines, "asked for by "+words.List(c.Requirements))
		}
		cards = append(cards, card)
	}
	s.Blocks = []dossier.Block{dossier.Cards{Cards: cards}}
	return s
}
