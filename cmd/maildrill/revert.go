package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maildrill/harness/control"
)

func (p *process) revertCommand() *cobra.Command {
	var w where
	var all bool
	c := &cobra.Command{
		Use:   "revert FAULT-ID | --all",
		Short: "Take back faults that were injected by hand, and prove them gone",
		Long: `Take back faults that "maildrill inject" put on, and prove them gone. What is gone
already is fine, and said. The ids are those that "maildrill status" shows.

Exit codes: 0 proven gone; 5 not proven gone (try again, or "maildrill down");
64 usage.`,
		Example: `  maildrill revert net.loss-1
  maildrill revert --all`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if all == (len(args) == 1) {
				return usage(errors.New("name the fault, or say --all; `maildrill status` shows what is held"))
			}
			return p.revert(c.Context(), w, control.Reversion{ID: strings.Join(args, ""), All: all})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every fault that is on")
	w.flags(c)
	return c
}

func (p *process) revert(ctx context.Context, w where, what control.Reversion) error {
	folder, err := p.standing(ctx, w)
	if err != nil {
		return err
	}
	ctx, stop := p.interruptible(ctx)
	defer stop()
	end, err := control.NewClient(folder.Control()).Revert(ctx, what, func(l control.Line) { fmt.Fprintf(p.Stderr, "  %s\n", l.Say) })
	if err != nil {
		return answered(folder, err)
	}
	return errors.Join(p.printReverted(*end), dirtyFaults(*end))
}

func (p *process) printReverted(end control.Reverted) error {
	if p.json {
		return p.printJSON(end)
	}
	if len(end.Faults) == 0 {
		fmt.Fprintln(p.Stdout, "no fault was on")
	}
	for _, f := range end.Faults {
		switch {
		case slices.Contains(end.Already, f.ID):
			fmt.Fprintf(p.Stdout, "%s was gone already\n", f.ID)
		case f.State == "clean":
			fmt.Fprintf(p.Stdout, "%s is proven gone\n", f.ID)
		}
	}
	return nil
}

// dirtyFaults is the error of those that could not be proven gone.
func dirtyFaults(end control.Reverted) error {
	var left []error
	for _, f := range end.Faults {
		if f.State != "clean" {
			left = append(left, fmt.Errorf("%s: %s", f.ID, f.Error))
		}
	}
	if len(left) == 0 {
		return nil
	}
	return &exitError{code: exitDirty, err: errors.Join(left...), hint: "the same command tries again; `maildrill down` removes the whole topology"}
}
