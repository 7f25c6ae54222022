package main

import (
	"bytes"
	"fmt"
	"text/tabwriter"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
	"maildrill/reports/evidence/verify"
)

// judgeAgain works out record.json of a folder.
func judgeAgain(folder string) ([]byte, error) {
	rec, err := harness.Judge(harness.Folder(folder))
	if err != nil {
		return nil, err
	}
	return record.Marshal(*rec)
}

// remade are the reports of a run folder, made again. The folder is read once.
func remade() (all []verify.Report) {
	var run reports.Run
	var read string
	for _, f := range reports.Formats {
		if !f.Kept {
			continue
		}
		all = append(all, verify.Report{File: f.File, Render: func(folder string, r record.Record) (text []byte, err error) {
			if read != folder {
				if run, err = finished(harness.Folder(folder), r); err != nil {
					return nil, err
				}
				read = folder
			}
			var out bytes.Buffer
			err = f.Render(&out, run)
			return out.Bytes(), err
		}})
	}
	return all
}

func (p *process) printFindings(f *verify.Findings) error {
	if p.json {
		if err := p.printJSON(f); err != nil {
			return err
		}
	} else if err := p.listFindings(f); err != nil {
		return err
	}
	if f.OK {
		return nil
	}
	return exit(exitEvidence)
}

func (p *process) listFindings(f *verify.Findings) error {
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	failed := 0
	for _, c := range f.Checks {
		if c.State == verify.Fails {
			failed++
		}
		what := c.Detail
		if c.About != "" {
			what = c.About + ": " + c.Detail
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.State, c.Name, what)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		fmt.Fprintf(p.Stdout, "\nVERIFICATION FAILED: %d of %d checks do not fit\n", failed, len(f.Checks))
		return nil
	}
	fmt.Fprintf(p.Stdout, "\nverified%s: everything that was checked fits\n", about(f))
	return nil
}

// about says what a run was that is verified: its evidence may be sound and the
// drill have failed.
func about(f *verify.Findings) string {
	if f.Kind != "run" {
		return ""
	}
	text := fmt.Sprintf(" run %s, which ended as %s", f.Run, f.Ending)
	if f.Simulated {
		text += " (SIMULATED)"
	}
	return text
}
