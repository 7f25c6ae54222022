package reports

import (
	"io"

	"maildrill/harness/record"
)

// Format is one kind of report.
type Format struct {
	Name   string // as it is asked for on the command line
	File   string // its name in the run folder
	Render func(io.Writer, record.Record) error
}

// Formats lists the reports that every run folder holds.
var Formats = []Format{
	{"junit", "junit.xml", func(w io.Writer, r record.Record) error { return JUnit(w, []record.Record{r}) }},
	{"markdown", "summary.md", Markdown},
}
