package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/control"
)

func (p *process) abortCommand() *cobra.Command {
	var why string
	var out string
	var limit time.Duration
	c := &cobra.Command{
		Use:   "abort RUN",
		Short: "End a run from another terminal: revert, prove gone, judge what was seen",
		Long: `End a run from another terminal. The run removes all of its faults, proves them
gone, judges what was seen and writes its report; abort waits for that.`,
		Example: "  maildrill abort runs/20261123-184105-backup-mx-takes-over-3fa9 --why \"load on production\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			folder := harness.Folder(args[0])
			if _, err := os.Stat(string(folder)); err != nil {
				folder = harness.Folder(filepath.Join(out, args[0]))
			}
			if _, err := os.Stat(folder.Record()); err == nil {
				return usage(fmt.Errorf("run %s is over already", folder.ID()))
			}
			if control.Exists(folder.Control()) {
				return usage(fmt.Errorf("%s is a topology that is up; `maildrill down` takes it down", folder.ID()))
			}
			if err := folder.RequestAbort(why); err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.Stderr, "asked run %s to end; waiting for its record\n", folder.ID())
			return p.awaitFile(c.Context(), folder, folder.Record(), limit)
		},
	}
	c.Flags().StringVar(&why, "why", "aborted by a person", "the reason, kept in the record")
	c.Flags().StringVar(&out, "out", "runs", "folder of the run folders")
	c.Flags().DurationVar(&limit, "wait", 3*time.Minute, "how long to wait for the record")
	return c
}
