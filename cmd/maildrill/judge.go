package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/record"
)

func (p *process) judgeCommand() *cobra.Command {
	var write bool
	c := &cobra.Command{
		Use:   "judge RUN",
		Short: "Work out the verdict again, from the ledger and the events alone",
		Long: `Work out the verdict of a run again, from the ledger and the events of its
folder alone, and compare it with record.json byte for byte. Where they differ the
exit code is 7, else that of the verdict.`,
		Example: "  maildrill judge runs/20261123-184105-backup-mx-takes-over-3fa9",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.judge(harness.Folder(args[0]), write)
		},
	}
	c.Flags().BoolVar(&write, "write", false, "replace record.json by what was judged now")
	return c
}

func (p *process) judge(folder harness.Folder, write bool) error {
	rec, err := harness.Judge(folder)
	if err != nil {
		return usage(err)
	}
	again, err := record.Marshal(*rec)
	if err != nil {
		return failure(err)
	}
	if write {
		if err := rewrite(folder, again); err != nil {
			return failure(err)
		}
	}
	if p.json {
		if _, err := p.Stdout.Write(again); err != nil {
			return err
		}
	} else {
		p.printResult(*rec, folder)
	}
	before, err := os.ReadFile(folder.Record())
	switch {
	case os.IsNotExist(err):
		fmt.Fprintln(p.Stderr, "there is no record.json to compare with")
	case err != nil:
		return failure(err)
	case !bytes.Equal(before, again):
		return &exitError{code: exitEvidence, err: fmt.Errorf("record.json of %s is not what its ledger and events say", folder)}
	default:
		fmt.Fprintln(p.Stderr, "record.json is what the ledger and the events say, byte for byte")
	}
	return exit(record.ExitCode(*rec))
}

// rewrite replaces record.json. One that a manifest vouches for stays: where it is
// judged otherwise now, that is a finding.
func rewrite(folder harness.Folder, again []byte) error {
	before, err := os.ReadFile(folder.Record())
	switch {
	case err == nil && bytes.Equal(before, again):
		return nil
	case err == nil && vouched(string(folder)):
		return &exitError{code: exitEvidence, err: fmt.Errorf("%s would change, and manifest.json beside it vouches for it as it is", folder.Record()),
			hint: "leave out --write; `maildrill verify` says what does not fit"}
	}
	return os.WriteFile(folder.Record(), again, 0o644)
}
