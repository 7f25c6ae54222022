package dossier

import (
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// stored is the mail that was there before: after a restore, a fail-over, a
// damaged disk.
func stored(r record.Record) Section {
	s := Section{ID: "stored", Title: "Stored mail"}
	lines := words.Stored(r)
	if len(lines) == 0 {
		return s
	}
	s.Blocks = []Block{List{Items: lines}, anomalyTable(*r.Stored)}
	if len(r.Stored.Details) > 0 {
		s.Blocks = append(s.Blocks, detailTable(*r.Stored))
	}
	return s
}

// anomalyTable has every class that was looked for, also those of which there
// is none.
func anomalyTable(stored record.Stored) Table {
	t := Table{ID: "anomalies", Caption: "Anomalies looked for", Head: []Column{{Title: "class", Share: 3}, {Title: "found", Right: true}}, Empty: "Nothing was compared."}
	for _, class := range slices.Sorted(maps.Keys(stored.Anomalies)) {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(class)}, count(stored.Anomalies[class], Bad)})
	}
	return t
}

func detailTable(stored record.Stored) Table {
	t := Table{ID: "stored-details", Caption: "The first of each class", Search: true, Head: []Column{{Title: "anomaly"}, {Title: "where", Share: 2}, {Title: "what", Share: 3}}}
	for _, d := range stored.Details {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(d.Class), Tone: Bad}, {Text: words.StoredPlace(d), Mono: true}, {Text: words.Plain(d.Text)}})
	}
	return t
}

// steps are the runbook of the run: what was planned and done, in order, also
// what was not reached.
func steps(r record.Record) Section {
	s := Section{ID: "steps", Title: "Steps"}
	t := Table{ID: "step-table", Caption: "Faults of the timeline", Head: []Column{{Title: "step"}, {Title: "what", Share: 1.5}, {Title: "on"}, {Title: "from, to", Share: 2}, {Title: "result", Share: 2}}}
	for _, f := range r.Faults {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(f.Step)}, {Text: words.Plain(f.Kind), Mono: true}, {Text: words.List(f.Targets)},
			{Text: commanded(f)}, {Text: words.Plain(f.State) + ", " + words.Revert(f), Tone: faultTone(f)}})
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	s.Blocks = append(s.Blocks, runbook(r)...)
	if phases := phaseTable(r); len(phases.Rows) > 0 {
		s.Blocks = append(s.Blocks, phases)
	}
	return s
}

func commanded(f record.Fault) string {
	switch {
	case f.Injected == nil:
		return "not reached"
	case f.Clock != nil && f.Clock.Cleared != nil:
		return fmt.Sprintf("%s, taken back %s", words.Moment(f.Injected), words.Moment(f.Clock.Cleared))
	}
	return words.Moment(f.Injected)
}

func phaseTable(r record.Record) Table {
	t := Table{ID: "phases", Caption: "Phases", Head: []Column{{Title: "phase", Share: 2}, {Title: "from", Right: true}, {Title: "to", Right: true}}}
	for _, p := range r.Phases {
		t.Rows = append(t.Rows, []Cell{{Text: words.Plain(p.Name)}, {Text: fmt.Sprintf("%.1f s", p.Began)}, {Text: fmt.Sprintf("%.1f s", p.Ended)}})
	}
	return t
}
