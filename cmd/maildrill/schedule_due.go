package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"maildrill/harness/programme"
)

func (p *process) scheduleDue(o *scheduleOptions) *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use: "due", Short: "List what is due and what is overdue; a check for CI and monitoring", Args: cobra.NoArgs,
		Long: `List the items that are due or overdue. With --check the exit code is 8 if any is
overdue, else 0.`,
		Example: "  maildrill schedule due\n  maildrill schedule due --check --out /var/lib/maildrill/runs",
		RunE: func(c *cobra.Command, _ []string) error {
			plan, all, err := p.standings(c, *o)
			if err != nil {
				return err
			}
			due := append([]programme.Standing{}, slices.DeleteFunc(slices.Clone(all), func(s programme.Standing) bool {
				return s.State != programme.Overdue && s.State != programme.Due
			})...)
			if p.json {
				err = p.printJSON(due)
			} else {
				err = p.printDocument(plan.StandingDocument(due), nil)
			}
			if late := overdue(all); err == nil && check && len(late) > 0 {
				return &exitError{code: exitOverdue, err: fmt.Errorf("%s overdue: %s", itemsAre(len(late)), late[0].Item+andMore(len(late)-1))}
			}
			return err
		},
	}
	asOfFlag(c, o)
	c.Flags().BoolVar(&check, "check", false, "exit with 8 if anything is overdue")
	return c
}

func itemsAre(n int) string {
	if n == 1 {
		return "1 item is"
	}
	return fmt.Sprintf("%d items are", n)
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}
