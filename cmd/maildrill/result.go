package main

import (
	"fmt"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
)

// printResult shows the terminal summary, unless JSON was asked for.
func (p *process) printResult(rec record.Record, folder harness.Folder) {
	if p.json {
		return
	}
	if err := reports.Terminal(p.Stdout, rec, p.color(), p.columns()); err != nil {
		fmt.Fprintf(p.Stderr, "maildrill: print the summary: %v\n", err)
	}
	fmt.Fprintf(p.Stdout, "run folder: %s\n", folder)
}

// columns is how wide the terminal is, within reason.
func (p *process) columns() int {
	if w := p.Width(); p.Terminal && w > 0 {
		return min(w, 120)
	}
	return 80
}
