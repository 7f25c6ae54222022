package main

import (
	"fmt"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
)

// reportFormats are the reports written into every run folder.
func reportFormats() []reports.Format { return reports.Formats }

// printResult shows the terminal summary, unless JSON was asked for.
func (p *process) printResult(rec record.Record, folder harness.Folder) {
	if p.json {
		return
	}
	width := 80
	if w := p.Width(); p.Terminal && w > 0 {
		width = min(w, 120)
	}
	if err := reports.Terminal(p.Stdout, rec, p.color(), width); err != nil {
		fmt.Fprintf(p.Stderr, "maildrill: print the summary: %v\n", err)
	}
	fmt.Fprintf(p.Stdout, "run folder: %s\n", folder)
}
