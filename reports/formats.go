package reports

import (
	"io"
	"slices"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/badge"
	"maildrill/reports/html"
	"maildrill/reports/openmetrics"
	"maildrill/reports/pdf"
)

// Format is one kind of report.
type Format struct {
	Name string // as it is asked for on the command line
	What string // in a few words, for the help
	File string // its name in the run folder, and in any other
	Kept bool   // every run folder holds it
	// Binary: it is not to be seen on a terminal.
	Binary bool
	// Render writes it for one run. Its bytes depend on the run alone.
	Render func(io.Writer, Run) error
	// Ask writes it as somebody asked for it. Nil: there is nothing to ask for.
	Ask func(io.Writer, []Run, Wish) error
	// Joins: Ask takes any number of runs, else one.
	Joins bool
}

// Wish is what somebody may ask for beyond the record. The zero value asks for
// nothing.
type Wish struct {
	// Declared: a run that ended as its scenario declares is as it should be,
	// whatever its verdict, and any other is not. So suites are judged.
	Declared bool
	// Place finds where in the user's files a scenario says something: "rto.mx" or
	// the name of a step. Nil: not known.
	Place Locate
	// AsOf is the day of reading, and Stale how old a run may be by then.
	AsOf  time.Time
	Stale time.Duration
}

// Formats is the table of formats.
var Formats = []Format{
	{Name: "html", What: "a page with everything, in one file", File: "report.html", Kept: true,
		Render: func(w io.Writer, r Run) error { return html.Write(w, r.dossier()) }},
	{Name: "pdf", What: "the same on paper, for auditors", File: "report.pdf", Kept: true, Binary: true,
		Render: func(w io.Writer, r Run) error { return pdf.Write(w, r.dossier()) }},
	{Name: "json", What: "the record itself", File: "record.json", Render: JSON},
	{Name: "junit", What: "JUnit XML: a suite a run", File: "junit.xml", Kept: true, Joins: true,
		Render: func(w io.Writer, r Run) error { return JUnit(w, []Run{r}, Wish{}) }, Ask: JUnit},
	{Name: "markdown", What: "a summary for jobs and merge requests", File: "summary.md", Kept: true, Joins: true,
		Render: func(w io.Writer, r Run) error { return Markdown(w, []Run{r}, Wish{}) }, Ask: Markdown},
	{Name: "openmetrics", What: "metrics for Prometheus", File: "metrics.txt", Kept: true, Joins: true,
		Render: func(w io.Writer, r Run) error { return openmetrics.Write(w, records([]Run{r})) },
		Ask:    func(w io.Writer, runs []Run, _ Wish) error { return openmetrics.Write(w, records(runs)) }},
	{Name: "badge", What: "a small picture (SVG)", File: "badge.svg", Kept: true,
		Render: func(w io.Writer, r Run) error { return badge.Write(w, r.Record, badge.Age{}) },
		Ask: func(w io.Writer, runs []Run, o Wish) error {
			return badge.Write(w, runs[0].Record, badge.Age{AsOf: o.AsOf, Stale: o.Stale})
		}},
	{Name: "annotations", What: "workflow commands of GitHub Actions", File: "annotations.txt", Joins: true,
		Render: func(w io.Writer, r Run) error { return Annotations(w, []Run{r}, Wish{}) }, Ask: Annotations},
}

// Named finds a format.
func Named(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// JSON writes the record as it is on disk.
func JSON(w io.Writer, r Run) error {
	text := r.Bytes
	if len(text) == 0 {
		made, err := record.Marshal(r.Record)
		if err != nil {
			return err
		}
		text = made
	}
	_, err := w.Write(text)
	return err
}

func records(runs []Run) []record.Record {
	out := make([]record.Record, len(runs))
	for i, r := range runs {
		out[i] = r.Record
	}
	return out
}
