package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports/controls"
	"maildrill/reports/words"
)

// gaps is what `controls gap` prints as JSON.
type gaps struct {
	Runs     int                `json:"runs"`
	Refused  []controls.Refused `json:"refused"`
	Controls []controls.Gap     `json:"controls"` // those with empty fields
	Filled   []string           `json:"filled"`   // controls without any
}

func (p *process) controlsGap() *cobra.Command {
	var frameworks []string
	c := &cobra.Command{
		Use: "gap [RUN...]", Short: "List the controls whose evidence fields runs leave empty",
		Long: `List the controls whose evidence fields are left empty by runs: their folders, or
folders that hold run folders. A field is filled if one run that counts fills
it. A simulated run counts for nothing, neither does one without a conclusion or
one that left something behind. Without a run every field is empty, and what
would fill it is told.`,
		Example: `  maildrill controls gap --framework dora runs
  maildrill controls gap --framework iso27001 runs/20261123-184105-backup-mx-takes-over-3fa9`,
		RunE: func(_ *cobra.Command, args []string) error { return p.gap(args, frameworks) },
	}
	frameworksFlag(c, &frameworks)
	return c
}

func (p *process) gap(args, frameworks []string) error {
	if err := checkFrameworks(frameworks); err != nil {
		return err
	}
	var runs []controls.Run
	for _, arg := range args {
		found, err := recordsIn(arg)
		if err != nil {
			return usage(err)
		}
		runs = append(runs, found...)
	}
	all, refused := controls.Gaps(runs, frameworks)
	g := gaps{Runs: len(runs), Refused: append([]controls.Refused{}, refused...), Controls: []controls.Gap{}, Filled: []string{}}
	for _, gap := range all {
		if len(gap.Empty) > 0 {
			g.Controls = append(g.Controls, gap)
		} else {
			g.Filled = append(g.Filled, gap.Control.ID)
		}
	}
	if p.json {
		return p.printJSON(g)
	}
	return g.write(p.Stdout)
}

// recordsIn reads the record of a run folder, or of each run folder in it.
func recordsIn(folder string) ([]controls.Run, error) {
	r, err := readRecord(harness.Folder(folder))
	if err == nil {
		return []controls.Run{{Record: r}}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var runs []controls.Run
	for _, e := range entries {
		r, err := readRecord(harness.Folder(filepath.Join(folder, e.Name())))
		switch {
		case err == nil:
			runs = append(runs, controls.Run{Record: r})
		case e.IsDir() && !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("%s is no run folder and holds none: there is no record.json", folder)
	}
	return runs, nil
}

func readRecord(folder harness.Folder) (record.Record, error) {
	data, err := os.ReadFile(folder.Record())
	if err != nil {
		return record.Record{}, err
	}
	r, err := record.Unmarshal(data)
	if err != nil {
		return record.Record{}, fmt.Errorf("%s: %w", folder.Record(), err)
	}
	return r, nil
}

// write prints what is empty. Texts of records are foreign.
func (g gaps) write(w io.Writer) error {
	t := &text{w: w}
	t.line("%d runs looked at, %d of them count", g.Runs, g.Runs-len(g.Refused))
	for _, r := range g.Refused {
		t.line("  counts for nothing: %s: %s", words.Plain(r.Run), words.Plain(r.Why))
	}
	for _, c := range g.Controls {
		t.line("\n%s (%s): %s", c.Control.ID, c.Control.Coverage, c.Control.Summary)
		for _, f := range c.Empty {
			t.line("  empty   %s %s (%s): %s", f.Field, f.Name, f.By, words.Plain(f.Where))
		}
		for _, f := range c.Filled {
			t.line("  filled  %s %s: %s, %s", f.Field, f.Name, words.Plain(f.Run), words.Plain(f.Where))
		}
	}
	t.line("\n%d controls with empty fields, %d without", len(g.Controls), len(g.Filled))
	for _, id := range g.Filled {
		t.line("  every field is filled: %s", id)
	}
	return t.err
}

// text writes lines until one cannot be written.
type text struct {
	w   io.Writer
	err error
}

func (t *text) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}
