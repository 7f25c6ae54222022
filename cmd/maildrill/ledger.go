package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/ledger"
)

func (p *process) ledgerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Look into the ledger of a run",
		Long: `Look into the ledger of a run: what was offered, answered and found, copy by
copy. What it means is what judge says.`,
		Example: `  maildrill ledger show runs/20261123-184105-backup-mx-takes-over-3fa9
  maildrill ledger export runs/20261123-184105-backup-mx-takes-over-3fa9 | jq 'select(.seq == 17)'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(fmt.Errorf("say what to do with the ledger: show or export"))
		},
	}
	c.AddCommand(p.ledgerShow(), p.ledgerExport())
	return c
}

func (p *process) ledgerShow() *cobra.Command {
	return &cobra.Command{
		Use: "show RUN", Short: "Count what the ledger holds",
		Long: `Count the entries of the ledger by kind, its blocks and bytes, and say whether
it can be read to its end.`,
		Example: "  maildrill ledger show runs/20261123-184105-backup-mx-takes-over-3fa9",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return p.showLedger(harness.Folder(args[0])) },
	}
}

func (p *process) showLedger(folder harness.Folder) error {
	r, err := openLedger(folder)
	if err != nil {
		return err
	}
	s, err := r.Stats()
	if err != nil {
		return failure(err)
	}
	if p.json {
		return p.printJSON(s)
	}
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, kind := range slices.Sorted(maps.Keys(s.Kinds)) {
		fmt.Fprintf(w, "%d\t  %s\n", s.Kinds[kind], kind)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "\n%d entries in %d bytes, %d blocks, %d segments\n", s.Entries, s.Bytes, s.Blocks, s.Segments)
	if s.Torn != "" {
		fmt.Fprintf(p.Stdout, "it cannot be read to its end: %s\n", s.Torn)
	}
	return nil
}

func (p *process) ledgerExport() *cobra.Command {
	var lines bool
	c := &cobra.Command{
		Use: "export RUN", Short: "Print every entry, one JSON object a line",
		Long: `Print every entry of the ledger in the order written, as JSON Lines. Times are
seconds since the start of the run; fields that are zero are left out. Where a
ledger is torn, what stands before is printed, and the place is named on
standard error.`,
		Example: `  maildrill ledger export --jsonl runs/20261123-184105-backup-mx-takes-over-3fa9 > entries.jsonl
  maildrill ledger export runs/20261123-184105-backup-mx-takes-over-3fa9 | jq 'select(.verdict == "indeterminate")'`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !lines {
				return usage(fmt.Errorf("JSON Lines is the only format: leave out --jsonl=false"))
			}
			return p.exportLedger(harness.Folder(args[0]))
		},
	}
	c.Flags().BoolVar(&lines, "jsonl", true, "as JSON Lines, the only format")
	return c
}

func (p *process) exportLedger(folder harness.Folder) error {
	r, err := openLedger(folder)
	if err != nil {
		return err
	}
	if err := ledger.Export(p.Stdout, r); err != nil {
		return failure(err)
	}
	if r.Torn() != "" {
		fmt.Fprintf(p.Stderr, "the ledger cannot be read to its end: %s\n", r.Torn())
	}
	return nil
}

func openLedger(folder harness.Folder) (*ledger.Reader, error) {
	r, err := ledger.Open(folder.Ledger())
	if err != nil {
		return nil, &exitError{code: exitUsage, err: fmt.Errorf("%s is no run folder: %w", folder, err),
			hint: "name the folder that `maildrill run` has printed, such as runs/20261123-184105-backup-mx-takes-over-3fa9"}
	}
	return r, nil
}
