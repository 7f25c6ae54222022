package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/reports"
)

// checkReports renders again and compares with what is in the run folders.
func (p *process) checkReports(formats []reports.Format, runs []reported) error {
	var all []rendered
	wrong := 0
	for _, run := range runs {
		for _, f := range formats {
			r, err := checkReport(f, run)
			if err != nil {
				return err
			}
			if r.State != "same" {
				wrong++
			}
			all = append(all, r)
		}
	}
	if p.json {
		if err := p.printJSON(all); err != nil {
			return err
		}
	} else {
		for _, r := range all {
			fmt.Fprintf(p.Stdout, "%s: %s%s\n", r.File, r.State, r.Detail)
		}
	}
	if wrong == 0 {
		return nil
	}
	return &exitError{code: exitEvidence, err: fmt.Errorf("%d of %d reports are not what their record says", wrong, len(all)),
		hint: "a file was changed, or another maildrill wrote it: " + writers(runs)}
}

// writers names the versions that made the runs, beside this one.
func writers(runs []reported) string {
	said := fmt.Sprintf("this is %q", tool().Version)
	for _, r := range runs {
		said += fmt.Sprintf(", %s was made by %q", r.folder.ID(), r.Record.Run.Tool.Version)
	}
	return said
}

func checkReport(f reports.Format, run reported) (rendered, error) {
	if !f.Kept && f.Name != "json" {
		return rendered{}, usage(fmt.Errorf("--check: %s is in no run folder", f.Name))
	}
	var text bytes.Buffer
	from := run.Run
	if f.Name == "json" {
		from.Bytes = nil // the record as it would be written
	}
	if err := f.Render(&text, from); err != nil {
		return rendered{}, failure(fmt.Errorf("render %s: %w", f.Name, err))
	}
	r := newRendered(f, run.folder.ID(), filepath.Join(string(run.folder), f.File), text.Bytes())
	before, err := os.ReadFile(r.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.State = "missing"
	case err != nil:
		return r, failure(err)
	case bytes.Equal(before, text.Bytes()):
		r.State = "same"
	default:
		r.State, r.Detail = "differs", difference(before, text.Bytes())
	}
	return r, nil
}

// shownOfDifference is how much of both sides is shown, in bytes.
const shownOfDifference = 40

// difference names the first place where two texts differ.
func difference(has, want []byte) string {
	at := 0
	for at < min(len(has), len(want)) && has[at] == want[at] {
		at++
	}
	line := 1 + bytes.Count(has[:at], []byte("\n"))
	return fmt.Sprintf(" from byte %d, line %d: has %s, rendered %s", at, line, piece(has, at), piece(want, at))
}

func piece(text []byte, at int) string {
	if at >= len(text) {
		return "nothing more"
	}
	return fmt.Sprintf("%+q", text[at:min(len(text), at+shownOfDifference)])
}
