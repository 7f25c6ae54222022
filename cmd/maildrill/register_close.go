package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/reports/evidence/register"
)

func (p *process) registerCheckpoint() *cobra.Command {
	var where, key string
	c := &cobra.Command{
		Use: "checkpoint", Short: "Print the signed checkpoint, to be kept elsewhere",
		Long: `Print the signed checkpoint of the register (c2sp.org/tlog-checkpoint): its name, the
number of its leaves, the root over them. Give it to somebody who does not have the
key, over a way that is not yours alone: a colleague, an auditor, another git
repository, a printed page. "maildrill verify --checkpoint FILE" then shows whether
the register only grew since.`,
		Example: `  maildrill register checkpoint > 2026-11.checkpoint`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v, _, err := p.shownRegister(c.Context(), where, key)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(map[string]any{"origin": v.Checkpoint.Origin, "size": v.Checkpoint.Size, "root": v.Checkpoint.Root.String(), "signed": string(v.Signed)})
			}
			_, err = p.Stdout.Write(v.Signed)
			return err
		},
	}
	registerFlag(c, &where)
	c.Flags().StringVar(&key, "key", "", "public key of the register: a file, or the line itself (default your own)")
	return c
}

func (p *process) registerClose() *cobra.Command {
	var where, reason, out string
	c := &cobra.Command{
		Use: "close RUN", Short: "Close a run that did not close itself",
		Long: `Close a run that did not close itself: its maildrill was killed on a host that is
gone, or the register could not be reached at its end. A run with a record is closed
with its verdict, any other with the reason. What is in its folder is sealed.
"maildrill cleanup" and the next run do this by themselves where the process is
surely gone.`,
		Example: `  maildrill register close runs/20261123-184105-backup-mx-takes-over-3fa9
  maildrill register close 20261123-184105-backup-mx-takes-over-3fa9 --reason "the runner was shut down"`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := p.keyed(where)
			if err != nil {
				return err
			}
			return r.closeByHand(c.Context(), args[0], out, reason)
		},
	}
	registerFlag(c, &where)
	c.Flags().StringVar(&reason, "reason", "", "why the run has no verdict; needed if it has no record")
	outFlag(c, &out)
	return c
}

func (p *process) registerAmend() *cobra.Command {
	var where, text string
	c := &cobra.Command{
		Use: "amend RUN", Short: "Add a correction to a run",
		Long: `Add a correction to a run, because nothing in the register is ever changed: what it
corrects stays, and the correction stands behind it.`,
		Example: `  maildrill register amend 20261123-184105-backup-mx-takes-over-3fa9 --text "the relay was on the old release, see ticket 4711"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := p.keyed(where)
			if err != nil {
				return err
			}
			err = r.register.Amend(c.Context(), filepath.Base(filepath.Clean(args[0])), text)
			if errors.Is(err, register.ErrUnreadable) {
				return usage(err)
			}
			if err != nil {
				return r.refusal(err)
			}
			fmt.Fprintln(p.Stdout, "added")
			return nil
		},
	}
	registerFlag(c, &where)
	c.Flags().StringVar(&text, "text", "", "the correction, on one line")
	return c
}
