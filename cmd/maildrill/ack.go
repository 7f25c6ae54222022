package main

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/action"
)

func (p *process) ackCommand() *cobra.Command {
	var who action.Acknowledgement
	var out string
	c := &cobra.Command{
		Use:   "ack RUN STEP",
		Short: "Acknowledge a manual step of a run, from another terminal",
		Long: `Acknowledge a manual step of a run (action: manual) from another terminal of the
same host. The record says who did it, in their own words, and when. A step that
nobody acknowledges within its time-out is "not acknowledged".`,
		Example: "  maildrill ack runs/20261123-184105-site-lost-3fa9 call-the-owner --by Ann --note \"she agrees\"",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			folder := harness.Folder(args[0])
			if _, err := os.Stat(string(folder)); err != nil {
				folder = harness.Folder(filepath.Join(out, args[0]))
			}
			if _, err := os.Stat(folder.Record()); err == nil {
				return usage(fmt.Errorf("run %s is over already", folder.ID()))
			}
			if who.By == "" {
				who.By = account()
			}
			if err := folder.Acknowledge(args[1], who); err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.Stderr, "step %s of run %s is acknowledged by %s\n", args[1], folder.ID(), who.By)
			return nil
		},
	}
	who.Via = "ack"
	c.Flags().StringVar(&who.By, "by", "", "your name, kept in the record (default: that of your account)")
	c.Flags().StringVar(&who.Note, "note", "", "what you have to say to it, kept in the record")
	c.Flags().StringVar(&out, "out", "runs", "folder of the run folders")
	return c
}

// account is the name of the account that runs this program.
func account() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}
