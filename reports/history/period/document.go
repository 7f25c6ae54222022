package period

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/history"
	"maildrill/reports/words"
)

// Document is the report, for every format.
func (r Report) Document() dossier.Document {
	d := dossier.Document{Title: "All runs of " + words.Plain(r.Span.Text), Kind: "Period report", Date: r.AsOf,
		Chips:   []dossier.Fact{{Name: "runs", Value: fmt.Sprint(len(r.Runs))}, {Name: "evidence", Value: r.evidence()}, {Name: "as of", Value: minute(r.AsOf)}},
		Notices: r.notices(), Footer: r.footer()}
	d.Sections = []dossier.Section{
		{ID: "population", Title: "The population, and how it was found", Blocks: []dossier.Block{r.facts(), r.others()}},
		{ID: "outcomes", Title: "How the runs ended", Blocks: []dossier.Block{dossier.Paragraph{Text: r.sum() + "."}, r.counts()}},
		{ID: "scenarios", Title: "Scenarios", Blocks: []dossier.Block{r.scenarios(), r.recoveries()}},
	}
	for _, k := range []struct {
		kind  Kind
		title string
	}{{Cause, "Evidence by cause of downtime"}, {Mitigation, "Evidence by counter-measure"}, {Control, "Evidence by control"}} {
		d.Sections = append(d.Sections, dossier.Section{ID: "evidence-" + string(k.kind), Title: k.title, Blocks: []dossier.Block{r.fresh(k.kind)}})
	}
	d.Sections = append(d.Sections,
		dossier.Section{ID: "evidence", Title: "What is evidence", Blocks: []dossier.Block{dossier.Paragraph{Text: evidenceSays}}},
		dossier.Section{ID: "runs", Title: "Every run", Blocks: []dossier.Block{r.runs()}})
	return d
}

const evidenceSays = "A requirement or a control is proven by a run that names it, that passed on real servers, left nothing behind, and ended as its scenario expects, " +
	"where that says so. Evidence is fresh below four fifths of its interval, due below the whole of it, and stale beyond. " +
	"A simulated run proves nothing. This report offers evidence; whether it is enough is for its readers to say."

const day = "2006-01-02"

func minute(t time.Time) string {
	if t.IsZero() {
		return "open"
	}
	return t.UTC().Format("2006-01-02 15:04") + " UTC"
}

// sum is the population in one line.
func (r Report) sum() string {
	var parts []string
	simulated, copies := 0, 0
	for _, c := range r.Counts {
		if c.Real > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.Real, c.Outcome))
		}
		simulated, copies = simulated+c.Simulated, copies+c.Copies
	}
	said := fmt.Sprintf("%d in all", len(r.Runs))
	if len(parts) > 0 {
		said += ": " + strings.Join(parts, ", ")
	}
	if simulated > 0 {
		said += fmt.Sprintf("; simulated, and counting for nothing: %d", simulated)
	}
	if copies > 0 {
		said += fmt.Sprintf("; copied: %d", copies)
	}
	return said
}

// evidence counts states over all requirements and controls.
func (r Report) evidence() string {
	n := Tally(r.Freshness)
	var parts []string
	for _, s := range States {
		parts = append(parts, fmt.Sprintf("%d %s", n[s], s))
	}
	return strings.Join(parts, ", ")
}

func (r Report) notices() []string {
	var all []string
	if len(r.Runs) == 0 {
		all = append(all, "no run started in this period")
	}
	late := 0
	for _, run := range r.Runs {
		if !run.Started.Before(r.AsOf) {
			late++
		}
	}
	if late > 0 {
		all = append(all, number(late, "run")+" started after the moment that this report speaks of: listed, and no evidence yet")
	}
	g := r.Register
	if g == nil {
		return append(all, "there is no register of runs: that no run folder was removed cannot be shown")
	}
	if len(g.Missing) > 0 {
		all = append(all, number(len(g.Missing), "run")+" of the register without a folder here: "+words.List(g.Missing))
	}
	if len(g.Open) > 0 {
		all = append(all, number(len(g.Open), "run")+" entered into the register and never closed: "+words.List(g.Open))
	}
	if len(g.Unentered) > 0 {
		all = append(all, number(len(g.Unentered), "run")+" on real servers or unknown without an entry in the register: "+words.List(g.Unentered))
	}
	return all
}

// number is a number of things: "1 run", "3 runs".
func number(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (r Report) footer() string {
	said := fmt.Sprintf("%d runs of %s, as of %s, maildrill %s", len(r.Runs), words.Plain(r.Span.Text), minute(r.AsOf), cmp.Or(words.Plain(r.Tool.Version), "unknown"))
	if g := r.Register; g != nil {
		said += fmt.Sprintf(", register of %s with root %.12s", number(int(g.Size), "entry"), words.Plain(g.Root))
	}
	return said
}

func (r Report) facts() dossier.Facts {
	f := dossier.Facts{}
	add := func(name, value string) {
		f.Facts = append(f.Facts, dossier.Fact{Name: name, Value: cmp.Or(words.Plain(value), "none"), Mono: name == "query" || name == "folder"})
	}
	add("period", fmt.Sprintf("%s, from %s to before %s", r.Span.Text, minute(r.Span.From), minute(r.Span.To)))
	add("as of", minute(r.AsOf))
	add("folder", r.Folder)
	add("asked by", fmt.Sprintf("maildrill %s, sha256 %s", cmp.Or(r.Tool.Version, "unknown"), cmp.Or(r.Tool.SHA256, "unknown")))
	add("query", r.Population.say())
	add("rows", fmt.Sprint(r.Population.Rows))
	add("evidence query", r.Evidence.say())
	add("evidence rows", fmt.Sprint(r.Evidence.Rows))
	if g := r.Register; g != nil {
		add("register", fmt.Sprintf("%s, %s, root %s", strings.TrimSpace(g.Origin+" "+g.Where), number(int(g.Size), "entry"), g.Root))
	}
	return f
}

// say is a question as it was put, with its parameters.
func (q Question) say() string {
	said := q.SQL
	if len(q.Params) > 0 {
		var params []string
		for _, p := range q.Params {
			params = append(params, "'"+strings.ReplaceAll(p, "'", "''")+"'")
		}
		said += " -- with " + strings.Join(params, ", ")
	}
	return said
}

func (r Report) others() dossier.Paragraph {
	if len(r.Others) == 0 {
		return dossier.Paragraph{Text: "No other folder lies beside them."}
	}
	return dossier.Paragraph{Text: number(len(r.Others), "folder") + " beside them without a drill, not counted: " + words.List(r.Others) + "."}
}

func (r Report) counts() dossier.Table {
	t := dossier.Table{ID: "counts", Head: []dossier.Column{{Title: "ended as"}, {Title: "on real servers, or unknown", Right: true}, {Title: "of these copies", Right: true}, {Title: "simulated", Right: true}}}
	for _, c := range r.Counts {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: string(c.Outcome), Tone: c.Outcome.Tone()}, {Text: fmt.Sprint(c.Real)}, {Text: fmt.Sprint(c.Copies)}, {Text: fmt.Sprint(c.Simulated)}})
	}
	return t
}

func (r Report) scenarios() dossier.Table {
	t := dossier.Table{ID: "by-scenario", Empty: "none", Head: []dossier.Column{{Title: "scenario", Share: 2}, {Title: "first"}, {Title: "last"}, {Title: "simulated", Right: true}, {Title: "ended as", Share: 2.4}}}
	for _, s := range r.Scenarios {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: cmp.Or(words.Plain(s.Name), "unknown")}, {Text: s.First.Format(day)}, {Text: s.Last.Format(day)}, {Text: fmt.Sprint(s.Simulated)}, {Text: s.ended()}})
	}
	return t
}

func (s Scenario) ended() string {
	var parts []string
	for _, o := range history.Outcomes {
		if n := s.Outcomes[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "no real run")
}

func (r Report) recoveries() dossier.Table {
	t := dossier.Table{ID: "recoveries", Caption: "Recovery times of sound runs", Empty: "No recovery time was measured soundly.",
		Head: []dossier.Column{{Title: "scenario", Share: 1.8}, {Title: "objective", Share: 1.5}, {Title: "target", Share: 1.2}, {Title: "sound", Right: true, Share: 0.6}, {Title: "first", Share: 1.3}, {Title: "best", Share: 1.3}, {Title: "median", Share: 1.3}, {Title: "last", Share: 1.3}}}
	for _, s := range r.Scenarios {
		clock := words.Clock(record.Record{Clock: s.Clock})
		for _, rec := range s.Recoveries {
			cells := []dossier.Cell{{Text: words.Plain(s.Name)}, {Text: words.Plain(rec.Objective) + ", " + clock}, {Text: words.Target(rec.Target, "s")}, {Text: fmt.Sprint(rec.Sound)}}
			for _, i := range []*record.Interval{rec.First, rec.Best, rec.Median, rec.Last} {
				cells = append(cells, dossier.Cell{Text: words.Interval(i, "s")})
			}
			t.Rows = append(t.Rows, cells)
		}
	}
	return t
}

var freshTones = map[State]dossier.Tone{Fresh: dossier.Good, Due: dossier.Open, Stale: dossier.Bad, Never: dossier.Bad}

// fresh lists the ids of one kind, the most urgent first.
func (r Report) fresh(kind Kind) dossier.Table {
	t := dossier.Table{ID: "fresh-" + string(kind), Empty: "No run and no list names one.",
		Head: []dossier.Column{{Title: string(kind), Share: 1.6}, {Title: "evidence"}, {Title: "age"}, {Title: "stale on"}, {Title: "runs that name it", Share: 3}}}
	var own []Freshness
	for _, f := range r.Freshness {
		if f.Kind == kind {
			own = append(own, f)
		}
	}
	slices.SortStableFunc(own, oldestFirst)
	for _, f := range own {
		t.Rows = append(t.Rows, f.row())
	}
	return t
}

func (f Freshness) row() []dossier.Cell {
	id, age, until := words.Plain(f.ID), "", ""
	if f.Unlisted {
		id += " (in no list)"
	}
	if f.Last != nil {
		age, until = fmt.Sprintf("%.0f of %s d", f.AgeDays, words.Exact(f.Days)), f.Until.Format(day)
	}
	return []dossier.Cell{{Text: id}, {Text: string(f.State), Tone: freshTones[f.State]}, {Text: age}, {Text: until}, {Text: f.runs()}}
}

// runs says what the evidence is, and which runs are none.
func (f Freshness) runs() string {
	var said []string
	if f.Last != nil {
		said = append(said, fmt.Sprintf("%s, the last of %s", number(f.Proofs, "run"), words.Plain(f.Last.Scenario)))
	}
	var others []string
	for _, why := range slices.Sorted(maps.Keys(f.Others)) {
		others = append(others, fmt.Sprintf("%d %s", f.Others[why], words.Plain(why)))
	}
	if len(others) > 0 {
		said = append(said, "no evidence: "+strings.Join(others, ", "))
	}
	return strings.Join(said, "; ")
}

// runs is the population itself.
func (r Report) runs() dossier.Table {
	t := dossier.Table{ID: "every-run", Search: true, Empty: "No run started in this period.",
		Head: []dossier.Column{{Title: "started (UTC)", Share: 1.2}, {Title: "ended as"}, {Title: "run", Share: 3}, {Title: "to note", Share: 2}}}
	for _, run := range r.Runs {
		t.Rows = append(t.Rows, []dossier.Cell{{Text: run.Started.UTC().Format("2006-01-02 15:04")}, {Text: string(run.Outcome), Tone: run.Outcome.Tone()},
			{Text: words.Plain(run.Folder), Mono: true}, {Text: run.Note()}})
	}
	return t
}
