package suite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/dossier"
	"maildrill/reports/words"
)

// Document is the summary for people. Its pages are those of the runs. Narrow: the
// table fits into a terminal.
func (s Suite) Document(narrow bool) dossier.Document {
	d := dossier.Document{Title: words.Plain(s.Title), Kind: "Summary of drills", Verdict: s.verdict(), Footer: words.Plain(s.ID), Chips: []dossier.Fact{
		{Name: "runs", Value: fmt.Sprint(len(s.Runs))}, {Name: "took", Value: Took(s.Seconds)}, {Name: "runtime", Value: words.Plain(s.Runtime)},
		{Name: "at the same time", Value: words.Plain(s.Jobs)},
	}}
	d.Date, _ = time.Parse(time.RFC3339, s.Started)
	if s.Images >= 1 {
		d.Chips = append(d.Chips, dossier.Fact{Name: "server images", Value: Took(s.Images) + " of it"})
	}
	if s.Shard != "" {
		d.Chips = append(d.Chips, dossier.Fact{Name: "shard", Value: words.Plain(s.Shard)})
	}
	if slices.ContainsFunc(s.Runs, func(r Run) bool { return r.Simulated }) {
		d.Notices = append(d.Notices, words.Simulated)
	}
	d.Sections = []dossier.Section{{ID: "runs", Title: "Runs", Blocks: []dossier.Block{s.table(narrow)}}}
	if why := s.reasons(); len(why) > 0 {
		d.Sections = append(d.Sections, dossier.Section{ID: "why", Title: "What did not end as it should", Blocks: []dossier.Block{dossier.List{Items: why}}})
	}
	if s.Statement != "" {
		d.Sections = append(d.Sections, dossier.Section{ID: "worth", Title: "What this is worth", Blocks: []dossier.Block{dossier.Paragraph{Text: words.Plain(s.Statement)}}})
	}
	return d
}

func (s Suite) verdict() dossier.Verdict {
	how := "passed"
	if s.Declared {
		how = "ended as declared"
	}
	why := fmt.Sprintf("%d of %d runs %s.", s.Good, len(s.Runs), how)
	switch {
	case s.Bad == 0 && s.Good > 0 && s.ExitCode == 0:
		return dossier.Verdict{Word: "PASSED", Tone: dossier.Good, Why: why}
	case s.Bad == 0:
		return dossier.Verdict{Word: "NOT PASSED", Tone: dossier.Bad, Why: why + fmt.Sprintf(" Exit code %d.", s.ExitCode)}
	}
	return dossier.Verdict{Word: "FAILED", Tone: dossier.Bad, Why: why}
}

func (s Suite) table(narrow bool) dossier.Table {
	t := dossier.Table{ID: "table", Search: true, Empty: "No drill was run, and nothing was shown.", Head: []dossier.Column{
		{Title: "drill", Share: 3}, {Title: "verdict", Share: 1.2}, {Title: "lost", Right: true}, {Title: "time", Right: true},
		{Title: "longest recovery", Share: 2}, {Title: "missed or open", Share: 2}}}
	if narrow {
		t.Head[4].Title, t.Head = "longest recovery, and what was missed", t.Head[:5]
	}
	if s.Declared {
		t.Head = slices.Insert(t.Head, 2, dossier.Column{Title: "as declared"})
	}
	for _, r := range s.Runs {
		row := []dossier.Cell{{Text: r.name(), Mono: true, Page: r.Page}, {Text: r.Outcome, Tone: r.tone()}, r.lost(), {Text: Took(r.Seconds)},
			{Text: r.recovery()}, {Text: words.List(r.Missed)}}
		if narrow {
			row[4].Text, row = r.both(), row[:5]
		}
		if s.Declared {
			row = slices.Insert(row, 2, r.declared(narrow))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// both are the longest recovery and what was missed, in one cell.
func (r Run) both() string {
	text := r.recovery()
	if len(r.Missed) > 0 {
		text += "; missed or open: " + words.List(r.Missed)
	}
	return strings.TrimPrefix(text, "; ")
}

// declared says whether a run ended as its scenario declares; if not, what that
// is.
func (r Run) declared(narrow bool) dossier.Cell {
	switch {
	case !r.AsDeclared && narrow: // the reasons say more
		return dossier.Cell{Text: "NO", Tone: dossier.Bad}
	case r.AsDeclared:
		return dossier.Cell{Text: "yes", Tone: dossier.Good}
	case r.Expected == "" && r.Outcome == NotRun:
		return dossier.Cell{Text: "no", Tone: dossier.Bad}
	case r.Expected == "":
		return dossier.Cell{Text: "declares nothing", Tone: dossier.Bad}
	}
	return dossier.Cell{Text: "NO: " + words.Plain(r.Expected), Tone: dossier.Bad}
}

func (r Run) tone() dossier.Tone {
	switch r.Outcome {
	case string(record.Passed):
		return dossier.Good
	case string(record.Failed), string(record.Error), Dirty, NoRecord:
		return dossier.Bad
	}
	return dossier.Open
}

// lost is how many copies are gone; where nothing was accepted it is not known.
func (r Run) lost() dossier.Cell {
	switch {
	case r.Accepted == 0:
		return dossier.Cell{Text: "no data", Tone: dossier.Open}
	case r.Unknown > 0:
		return dossier.Cell{Text: fmt.Sprintf("%d, %d unknown", r.Lost, r.Unknown), Tone: dossier.Open}
	}
	return dossier.Cell{Text: fmt.Sprint(r.Lost)}
}

// recovery is the longest recovery beside its clock: without, it means nothing.
func (r Run) recovery() string {
	if r.Recovery == nil {
		return ""
	}
	text := fmt.Sprintf("%s %s", words.Plain(r.Slowest), words.Interval(r.Recovery, "s"))
	if r.Clock != "drill" {
		text += ", " + words.Clock(record.Record{Clock: r.Clock})
	}
	return text
}

// longestReason is what a summary has room for, in columns; the page of the run
// says the rest.
const longestReason = 240

func (s Suite) reasons() (why []string) {
	for _, r := range s.Runs {
		if r.Good {
			continue
		}
		text := r.name() + ": " + r.Outcome
		if r.Expected != "" && s.Declared {
			text += ", declared " + words.Plain(r.Expected)
		}
		if reason := words.Plain(r.Reason); reason != "" {
			text += "; " + words.Cut(reason, longestReason)
		}
		why = append(why, text)
	}
	return why
}

// Took is a time as one reads it in a table: "1m29s".
func Took(seconds float64) string {
	if seconds <= 0 {
		return ""
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}
