package history

import (
	"cmp"
	"fmt"
	"strings"

	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Table lists runs, one a line.
func Table(runs []Run) dossier.Table {
	t := dossier.Table{ID: "runs", Search: true, Empty: "There is no such run.",
		Head: []dossier.Column{{Title: "run", Share: 3}, {Title: "ended as"}, {Title: "longest recovery", Share: 1.4}, {Title: "to note", Share: 2}}}
	for _, r := range runs {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: words.Plain(r.Folder), Mono: true}, {Text: string(r.Outcome), Tone: r.Outcome.Tone()},
			{Text: r.longest()}, {Text: r.Note()}})
	}
	return t
}

// Tone is what an outcome means for the reader.
func (o Outcome) Tone() dossier.Tone {
	switch o {
	case Passed:
		return dossier.Good
	case Failed, Error, Dirty:
		return dossier.Bad
	}
	return dossier.Open
}

// longest is the longest recovery time that was an objective.
func (r Run) longest() string {
	o, ok := words.Slowest(r.Objectives)
	if !ok {
		return ""
	}
	return words.Interval(o.Measured, o.Unit)
}

// Note is what to know about a run beside its outcome.
func (r Run) Note() string {
	var all []string
	add := func(said string, is bool) {
		if is {
			all = append(all, said)
		}
	}
	add("SIMULATED", r.Simulated)
	add("the same run as "+r.CopyOf, r.CopyOf != "")
	add(fmt.Sprintf("trial %d of %d", r.Trial, r.Trials), r.Trials > 1)
	add("start by the "+r.StartedBy, r.StartedBy != ByRecord)
	add("not as its scenario expects", r.Expected != nil && !*r.Expected)
	add(cmp.Or(r.Problem, r.Reason), r.Problem != "" || r.Reason != "")
	return words.Plain(strings.Join(all, "; "))
}
