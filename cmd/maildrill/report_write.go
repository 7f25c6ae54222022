package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports"
)

// rendered is one report and what became of it.
type rendered struct {
	Run    string `json:"run,omitempty"` // empty: of several
	Format string `json:"format"`
	File   string `json:"file"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"` // written, unchanged; of a check same, differs, missing
	Detail string `json:"detail,omitempty"`
}

func newRendered(f reports.Format, run, file string, text []byte) rendered {
	sum := sha256.Sum256(text)
	return rendered{Run: run, Format: f.Name, File: file, Bytes: len(text), SHA256: hex.EncodeToString(sum[:])}
}

// writeWished writes reports to where they were asked for.
func (p *process) writeWished(o reportOptions, formats []reports.Format, runs []reported, wish reports.Wish) error {
	stdout := o.output == "-" || o.output == "" && len(formats) == 1
	switch {
	case stdout && len(formats) > 1:
		return usage(fmt.Errorf("standard output takes one format, and %d are asked for: name a folder with --output", len(formats)))
	case stdout && p.json:
		return usage(errors.New("--json lists the files that were written: name one with --output"))
	case stdout && formats[0].Binary && p.Screen:
		return usage(fmt.Errorf("%s is not for a terminal: name a file with --output", formats[0].Name))
	case stdout:
		return failure(render(p.Stdout, formats[0], runs, wish))
	case o.output == "" && len(runs) > 1:
		return usage(fmt.Errorf("%d runs have no folder in common: name one with --output", len(runs)))
	}
	var done []rendered
	for _, f := range formats {
		one, err := writeOne(o, f, formats, runs, wish)
		if err != nil {
			return err
		}
		done = append(done, one)
	}
	if p.json {
		return p.printJSON(done)
	}
	for _, r := range done {
		fmt.Fprintf(p.Stderr, "%s: %s\n", r.File, r.State)
	}
	return nil
}

// render writes one report as it was asked for.
func render(w io.Writer, f reports.Format, runs []reported, wish reports.Wish) error {
	if f.Ask != nil {
		return f.Ask(w, plain(runs), wish)
	}
	return f.Render(w, runs[0].Run)
}

func writeOne(o reportOptions, f reports.Format, formats []reports.Format, runs []reported, wish reports.Wish) (rendered, error) {
	var text bytes.Buffer
	if err := render(&text, f, runs, wish); err != nil {
		return rendered{}, failure(fmt.Errorf("render %s: %w", f.Name, err))
	}
	file := o.file(f, formats, runs)
	run := ""
	if len(runs) == 1 {
		run = runs[0].folder.ID()
	}
	r := newRendered(f, run, file, text.Bytes())
	before, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Equal(before, text.Bytes()):
		r.State = "unchanged"
		return r, nil
	case err == nil && vouched(filepath.Dir(file)):
		return r, &exitError{code: exitEvidence, err: fmt.Errorf("%s would change, and manifest.json beside it vouches for it as it is", file), hint: "name another folder with --output"}
	}
	r.State = "written"
	return r, failure(replace(file, text.Bytes()))
}

// file is where a report goes.
func (o reportOptions) file(f reports.Format, formats []reports.Format, runs []reported) string {
	if o.output == "" {
		return filepath.Join(string(runs[0].folder), f.File)
	}
	info, err := os.Stat(o.output)
	if len(formats) > 1 || strings.HasSuffix(o.output, "/") || err == nil && info.IsDir() {
		return filepath.Join(o.output, f.File)
	}
	return o.output
}

// vouched tells whether a folder is sealed: its files must stay as they are.
func vouched(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "manifest.json"))
	return !errors.Is(err, fs.ErrNotExist)
}

// replace writes a file whole or not at all.
func replace(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.Rename(f.Name(), file)
}

// writeReports renders what every run folder holds. What fails does not keep
// the others away.
func writeReports(folder harness.Folder, rec record.Record) error {
	run, err := finished(folder, rec)
	failed := []error{err}
	for _, f := range reports.Formats {
		if !f.Kept {
			continue
		}
		var text bytes.Buffer
		err := f.Render(&text, run)
		if err == nil {
			err = replace(filepath.Join(string(folder), f.File), text.Bytes())
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("write %s: %w", f.File, err))
		}
	}
	return errors.Join(failed...)
}
