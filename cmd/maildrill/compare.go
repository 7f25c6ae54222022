package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"maildrill/reports/history/compare"
)

func (p *process) compareCommand() *cobra.Command {
	var out, page string
	c := &cobra.Command{
		Use:   "compare BEFORE NOW",
		Short: "Set two runs side by side",
		Long: `Set two runs side by side: every objective then and now, and whether the change is
more than the measurement is unsure by; faults and outages of both on one axis;
what else is not the same: scenario, images, timers, maildrill.

A run is named by its folder, or by its id if it is in --out.`,
		Example: "  maildrill compare 20261122-184011-backup-mx-takes-over-91c2 20261123-184105-backup-mx-takes-over-3fa9",
		Args:    cobra.ExactArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return p.compare(args[0], args[1], out, page) },
	}
	c.Flags().StringVar(&out, "out", "runs", "folder of the run folders")
	c.Flags().StringVar(&page, "html", "", "file that receives the comparison as a page, too")
	return c
}

func (p *process) compare(before, now, out, page string) error {
	runs, err := openRuns(out, []string{before, now})
	if err != nil {
		return err
	}
	var files [2][]byte
	for i, r := range runs {
		if files[i], err = os.ReadFile(r.folder.Scenario()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failure(fmt.Errorf("read the scenario of %s: %w", r.folder, err))
		}
	}
	c := compare.Of(runs[0].Record, runs[1].Record, files[0], files[1])
	if err := p.saveHTML(c.Document(), page); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(c)
	}
	return p.printDocument(c.Document(), c.Pictures(p.columns()-2))
}
