package main

import (
	"errors"
	"github.com/spf13/cobra"

	"maildrill/harness/programme"
)

func (p *process) scheduleList(o *scheduleOptions) *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List the items of the programme, and how each stands", Args: cobra.NoArgs,
		Long: `List the items of the programme, the worst first, and how each stands:
  OVERDUE  its date and its grace are past, and nothing proves it
  DUE      its date has come
  STALE    nothing is due, but what passed was of an earlier version, or a later
           run did not pass
  SKIPPED  its last date did not take place, as is recorded
  NEVER    it was never proven, and is not due yet
  FRESH    proven

A drill is proven by a run on real servers that ended as its scenario declares, a
suite by all of its members: it is as old as the oldest of them.`,
		Example: "  maildrill schedule list\n  maildrill schedule list --json | jq '.[] | select(.state == \"OVERDUE\")'",
		RunE: func(c *cobra.Command, _ []string) error {
			plan, all, err := p.standings(c, *o)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(all)
			}
			return p.printDocument(plan.StandingDocument(all), nil)
		},
	}
	asOfFlag(c, o)
	return c
}

// standings reads the programme and tells how its items stand.
func (p *process) standings(c *cobra.Command, o scheduleOptions) (*programme.Plan, []programme.Standing, error) {
	plan, err := p.programmePlan(o)
	if err != nil {
		return nil, nil, err
	}
	now, err := o.moment(plan.Zone())
	if err != nil {
		return nil, nil, err
	}
	runs, err := p.pastRuns(c.Context(), o.out, c.Flags().Changed("out"))
	if err != nil {
		return nil, nil, err
	}
	log, err := programme.SeeFolder(o.folder()).Log()
	held, failed := p.exercises(o.exercises)
	done := append(evidenceOf(runs, digests(plan)), exercised(held)...)
	return plan, plan.Status(done, log, now), failure(errors.Join(err, failed))
}
