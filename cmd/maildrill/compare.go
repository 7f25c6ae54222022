package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/record"
	"maildrill/reports/history/compare"
)

func (p *process) compareCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "compare BEFORE NOW",
		Short: "Set two runs side by side",
		Long: `Set two runs side by side: every objective then and now, and whether the change is
more than the measurement is unsure by; faults and outages of both on one axis;
what else is not the same: scenario, images, timers, maildrill.

A run is named by its folder, or by its id if it is in --out.`,
		Example: "  maildrill compare 20261122-184011-backup-mx-takes-over-91c2 20261123-184105-backup-mx-takes-over-3fa9",
		Args:    cobra.ExactArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return p.compare(args[0], args[1], out) },
	}
	c.Flags().StringVar(&out, "out", "runs", "folder of the run folders")
	return c
}

func (p *process) compare(before, now, out string) error {
	a, fileA, err := readRun(before, out)
	if err != nil {
		return err
	}
	b, fileB, err := readRun(now, out)
	if err != nil {
		return err
	}
	c := compare.Of(a, b, fileA, fileB)
	if p.json {
		return p.printJSON(c)
	}
	return p.printDocument(c.Document(), c.Pictures(p.columns()-2))
}

// readRun reads the record and the scenario file of a run, which is named by
// its folder, or by its id below the folder of runs.
func readRun(name, out string) (record.Record, []byte, error) {
	folder := harness.Folder(name)
	if _, err := os.Stat(folder.Record()); err != nil {
		if inside := harness.Folder(filepath.Join(out, name)); exists(inside.Record()) {
			folder = inside
		}
	}
	data, err := os.ReadFile(folder.Record())
	var r record.Record
	if err == nil {
		r, err = record.Unmarshal(data)
	}
	if err != nil {
		return r, nil, &exitError{code: exitUsage, err: fmt.Errorf("%s is no run with a record: %w", name, err),
			hint: "name a run folder, or a run of `maildrill history` and its folder with --out"}
	}
	file, err := os.ReadFile(folder.Scenario())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, nil, failure(fmt.Errorf("read the scenario of %s: %w", name, err))
	}
	return r, file, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
