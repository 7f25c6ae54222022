package dossier

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// method says how it was measured, and what the run does not show.
func method(r record.Record) Section {
	s := Section{ID: "method", Title: "Method and limits"}
	facts := []Fact{
		{Name: "maildrill", Value: cmp.Or(words.Plain(r.Run.Tool.Version), "not known"), Mono: true},
		{Name: "sha256 of maildrill", Value: cmp.Or(words.Plain(r.Run.Tool.SHA256), "not known"), Mono: true},
		{Name: "seed", Value: fmt.Sprint(r.Run.Seed), Mono: true},
		{Name: "clock", Value: words.Clock(r)},
		{Name: "probes", Value: probes(r)},
		{Name: "confidence", Value: cmp.Or(words.Plain(r.Confidence.Statement), "none")},
	}
	s.Blocks = []Block{Facts{Facts: facts}, gateTable(r)}
	if len(r.Tuned) > 0 {
		s.Blocks = append(s.Blocks, mapTable("tuned", "Timers set for this run", "timer", r.Tuned))
	}
	s.Blocks = append(s.Blocks, Paragraph{Text: "Limits:"}, List{Items: limits(r)}, Paragraph{Text: "To play it again:"}, Code{Text: again(r)})
	return s
}

func probes(r record.Record) string {
	n := 0
	for _, s := range r.Services {
		n += s.Probes
	}
	return fmt.Sprintf("%d of %d services; intervals are from the last bad look to the first good one", n, len(r.Services))
}

func gateTable(r record.Record) Table {
	t := Table{ID: "gates", Caption: "Gates: what must hold before the numbers mean anything", Head: []Column{{Title: "gate", Share: 1.3}, {Title: "holds"}, {Title: "what was seen", Share: 3}, {Title: "what helps", Share: 2.5}}, Empty: "None was judged."}
	ordered := slices.Clone(r.Gates)
	slices.SortStableFunc(ordered, func(a, b record.Gate) int { return cmp.Compare(held01(a.Passed), held01(b.Passed)) })
	for _, g := range ordered {
		c, help := Cell{Text: "yes", Tone: Good}, ""
		if !g.Passed {
			c, help = Cell{Text: "no", Tone: Open}, words.Advice[g.Name]
		}
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(g.Name), Mono: true}, c, {Text: words.Plain(g.Detail)}, {Text: help}})
	}
	return t
}

func held01(on bool) int {
	if on {
		return 1
	}
	return 0
}

// limits are what this run does not show.
func limits(r record.Record) []string {
	said := []string{"The mail was made for the drill: no real message and no real person is in this report."}
	if r.Run.Trials <= 1 {
		said = append(said, "One run shows what happened once, not what always happens; a series of trials says more.")
	}
	if r.Simulated {
		said = append(said, words.Simulated)
	} else {
		said = append(said, "The servers ran in containers on one host: what hangs on other hardware, networks or amounts of mail was not tried.")
	}
	if r.Clock == "drill" {
		said = append(said, words.Carry)
	}
	if r.Times != nil {
		for _, n := range r.Times.Notes {
			said = append(said, words.Plain(n))
		}
	}
	return said
}

// again is the command that plays the run again.
func again(r record.Record) string {
	command := "maildrill run scenario.yaml"
	if r.Simulated {
		command += " --runtime embedded"
	}
	return fmt.Sprintf("%s --seed %d", command, r.Run.Seed)
}

func mapTable(id, caption, name string, values map[string]string) Table {
	t := Table{ID: id, Caption: caption, Head: []Column{{Title: name}, {Title: "value", Share: 2}}}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(key), Mono: true}, {Text: words.Plain(values[key]), Mono: true}})
	}
	return t
}
