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

// Document is the after-action report of one exercise. Events is its log; where it
// is not handed in, the report says what is missing because of that.
func Document(rec exercise.Record, events []exercise.Event) dossier.Document {
	t := newTeller(rec, events)
	return dossier.Document{
		Title:    cmp.Or(t.say(rec.Title), t.say(rec.Name), "An exercise without a title"),
		Kind:     "After-action report",
		Verdict:  t.verdict(),
		Chips:    t.chips(),
		Notices:  t.notices(),
		Sections: t.sections(),
		Footer:   fmt.Sprintf("exercise %s · log of %d lines, head sha256 %.16s", cmp.Or(words.Plain(rec.ID), "without id"), rec.Events, cmp.Or(words.Plain(rec.Head), "not known")),
		Date:     dayOf(rec),
	}
}

// sections are in the order in which readers need them: what came of it, what
// happened, what is to be done, what it rests on.
func (t *teller) sections() []dossier.Section {
	return []dossier.Section{
		t.summary(), t.checks(), t.header(), t.participants(), t.objectives(), t.timeline(), t.recovery(), t.hypotheses(), t.detection(), t.runbook(),
		t.communications(), t.card(), t.strengths(), t.findings(), t.ratings(), t.actions(), t.risks(), t.before(), t.limits(), t.mapping(), t.empty(), t.signOff(), t.integrity(),
	}
}

// verdict is the one word on top.
func (t *teller) verdict() dossier.Verdict {
	r := t.rec
	v := dossier.Verdict{Word: strings.ToUpper(words.Plain(string(r.Verdict))), Tone: toneOf(r.Verdict)}
	if v.Word == "" {
		v.Word, v.Tone = "NOT JUDGED", dossier.Open
	}
	if r.Drill != nil && r.Drill.Dirty {
		v.Tone = dossier.Bad
	}
	v.Why = t.why()
	return v
}

// why is the sentence beside the verdict.
func (t *teller) why() string {
	count := map[exercise.Verdict]int{}
	first := ""
	for _, c := range sorted(t.rec.Checks) {
		count[c.Verdict]++
		if first == "" && c.Verdict != exercise.Passed {
			first = fmt.Sprintf(" The worst: %s, %s.", t.say(c.Title), strings.TrimSuffix(cmp.Or(t.say(c.Reason), t.say(c.Measured), "without a reason"), "."))
		}
	}
	switch n := len(t.rec.Checks); {
	case n == 0:
		return "No check was judged, and nothing was shown."
	case first == "":
		return fmt.Sprintf("All %s passed.", counted(n, "check"))
	default:
		return fmt.Sprintf("%d of %s passed.%s", count[exercise.Passed], counted(n, "check"), words.Cut(first, longestWhy))
	}
}

// longestWhy bounds the sentence beside the verdict, in columns.
const longestWhy = 240

func toneOf(v exercise.Verdict) dossier.Tone {
	switch v {
	case exercise.Passed:
		return dossier.Good
	case exercise.Failed:
		return dossier.Bad
	}
	return dossier.Open
}

func (t *teller) chips() []dossier.Fact {
	r := t.rec
	facts := []dossier.Fact{
		{Name: "exercise", Value: cmp.Or(words.Plain(r.Name), "without a name"), Mono: true},
		{Name: "form", Value: cmp.Or(words.Plain(r.Form), "not said")},
		{Name: "date", Value: stamp(r.Started)},
		{Name: "play lasted", Value: between(r.Started, r.Ended)},
		{Name: "state", Value: cmp.Or(words.Plain(string(r.State)), "not known")},
	}
	if e := r.Expect; e != nil {
		facts = append(facts, dossier.Fact{Name: "ended", Value: expected(*e), Tone: map[bool]dossier.Tone{true: dossier.Good, false: dossier.Bad}[e.Met]})
	}
	return facts
}

func expected(e exercise.Expect) string {
	declared := cmp.Or(words.Plain(string(e.Verdict)), "no verdict")
	if len(e.Checks) > 0 {
		declared += " (" + words.List(e.Checks) + ")"
	}
	if e.Met {
		return "as the game day expects: " + declared
	}
	return "NOT as the game day expects: " + declared
}

// tabletop is an exercise around a table.
func tabletop(r exercise.Record) bool { return r.Scenario == "" && r.Drill == nil }

// notices are what no reader may overlook.
func (t *teller) notices() (out []string) {
	r := t.rec
	add := func(on bool, text string) {
		if on {
			out = append(out, text)
		}
	}
	add(r.Drill != nil && r.Drill.Dirty, "DIRTY: what the drill changed could not be proven to be undone. Run maildrill cleanup.")
	add(r.Simulated, words.Simulated)
	add(tabletop(r), "TABLETOP: no machine took part and none was measured. This shows what people said and decided.")
	add(r.Verdict == exercise.Aborted || t.stopped(), "ABORTED: "+cmp.Or(t.stopWhy(), "play was stopped before its end")+".")
	add(!r.State.Over(), "NOT OVER: the exercise is "+cmp.Or(words.Plain(string(r.State)), "in no state")+". What follows is what was known then.")
	add(len(r.Signatures) == 0, "DRAFT: not signed.")
	return out
}

func (t *teller) stopped() bool { return t.stop() != nil }

func (t *teller) stop() *exercise.Transition {
	for i, m := range t.rec.Transitions {
		if m.To == exercise.Stopped {
			return &t.rec.Transitions[i]
		}
	}
	return nil
}

func (t *teller) stopWhy() string {
	m := t.stop()
	if m == nil {
		return ""
	}
	why := strings.TrimSuffix(cmp.Or(t.say(m.Why), "no reason is given"), ".")
	return fmt.Sprintf("%s stopped it at %s: %s", t.who(m.By, m.Role), clock(m.At), why)
}

// dayOf is the day of the report: when play ended, else the nearest that is known.
func dayOf(r exercise.Record) time.Time {
	for _, at := range []*time.Time{r.Ended, r.Started, r.Planned, &r.Created} {
		if at != nil && !at.IsZero() {
			return at.UTC()
		}
	}
	return time.Unix(0, 0).UTC()
}
