package main

import (
	"errors"

	"github.com/spf13/cobra"

	"maildrill/harness/programme"
)

func (p *process) scheduleNext(o *scheduleOptions) *cobra.Command {
	var days, limit int
	c := &cobra.Command{
		Use: "next", Short: "List the dates that come", Args: cobra.NoArgs,
		Long: `List the dates that come, with what moved or skipped them. Of what is unannounced
only the window is shown.`,
		Example: "  maildrill schedule next --days 90\n  maildrill schedule next --as-of 2027-01-01 --days 365 --limit 0",
		RunE: func(*cobra.Command, []string) error {
			if days < 1 || limit < 0 {
				return usage(errors.New("--days is 1 or more, --limit 0 or more"))
			}
			plan, err := p.programmePlan(*o)
			if err != nil {
				return err
			}
			now, err := o.moment(plan.Zone())
			if err != nil {
				return err
			}
			list := firstOf(plan.Occurrences(now, now.AddDate(0, 0, days)), limit)
			if p.json {
				return p.printJSON(list)
			}
			return p.printDocument(plan.DatesDocument(list), nil)
		},
	}
	asOfFlag(c, o)
	c.Flags().IntVar(&days, "days", 31, "look so many days ahead")
	c.Flags().IntVar(&limit, "limit", 20, "only so many, the first; 0: all")
	return c
}

// firstOf gives the first of some dates, as far as they may be told.
func firstOf(all []programme.Occurrence, limit int) []programme.Occurrence {
	list := []programme.Occurrence{}
	for _, occurrence := range all {
		if limit == 0 || len(list) < limit {
			list = append(list, occurrence.Shown())
		}
	}
	return list
}
