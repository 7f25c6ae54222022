package dossier

import (
	"fmt"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// findings are what the run found, whatever its verdict, and what to do next.
// What people add (causes, owners, dates) is not in a record of a run.
func findings(s Source) Section {
	r := s.Record
	t := Table{ID: "finding-table", Caption: "Findings", Head: []Column{{Title: "kind"}, {Title: "what", Share: 4}, {Title: "more in"}},
		Empty: "None: nothing was missed, left open or left behind."}
	for _, o := range r.Objectives {
		if o.Verdict != record.Passed {
			t.Rows = append(t.Rows, finding(strings.ToUpper(words.Verdict(o.Verdict)), tone(o.Verdict),
				fmt.Sprintf("%s: asked %s, measured %s. %s", words.Plain(o.Name), words.Target(o.Target, o.Unit), words.Interval(o.Measured, o.Unit), words.Plain(o.Reason)), sectionOf(o)))
		}
	}
	for _, g := range r.Gates {
		if !g.Passed {
			t.Rows = append(t.Rows, finding("GATE", Open, words.Plain(g.Name)+": "+words.Plain(g.Detail), "method"))
		}
	}
	for _, f := range r.Faults {
		t.Rows = append(t.Rows, faultFindings(f)...)
	}
	for _, a := range r.Actions {
		if !a.Done() {
			t.Rows = append(t.Rows, finding("STEP", Open, words.ActionName(a)+": "+words.ActionWord(a), "steps"))
		}
	}
	section := Section{ID: "findings", Title: "Findings"}
	if why := words.Plain(r.Reason); why != brief(why) {
		section.Blocks = append(section.Blocks, Paragraph{Text: "Why " + words.Verdict(r.Verdict) + ": " + why, Tone: tone(r.Verdict)})
	}
	section.Blocks = append(section.Blocks, t, Paragraph{Text: "What to do next:"}, List{Items: words.Next(r), Ordered: true})
	return section
}

func finding(kind string, t Tone, what, section string) []Cell {
	return []Cell{{Text: kind, Tone: t}, {Text: strings.TrimSpace(what)}, {Text: section, Link: section}}
}

func faultFindings(f record.Fault) [][]Cell {
	var rows [][]Cell
	step := words.Plain(f.Step)
	if f.State != words.StateProven {
		rows = append(rows, finding("FAULT", Open, step+" is not proven: "+words.Plain(f.State), "faults"))
	}
	if len(f.Residue) > 0 {
		rows = append(rows, finding("LEFT OVER", Bad, step+": "+words.List(f.Residue), "faults"))
	}
	if d := f.Detection; d != nil && d.Silent {
		rows = append(rows, finding("SILENT", Bad, step+": nobody noticed the fault", "recovery"))
	}
	return rows
}
