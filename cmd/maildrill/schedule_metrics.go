package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"maildrill/harness/programme"
	"maildrill/reports/openmetrics"
)

func (p *process) scheduleMetrics(o *scheduleOptions) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "metrics", Short: "Print how old the evidence of each item is, as OpenMetrics", Args: cobra.NoArgs,
		Long: `Print when each item of the programme last passed, when it is due next, and whether
it is overdue, as OpenMetrics: for the textfile collector of the node exporter. It
asks the programme and the runs, not the scheduler.`,
		Example: "  maildrill schedule metrics --output /var/lib/node_exporter/maildrill_programme.prom",
		RunE: func(c *cobra.Command, _ []string) error {
			_, all, err := p.standings(c, *o)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(all)
			}
			var text bytes.Buffer
			if err := openmetrics.WriteProgramme(&text, itemsOf(all)); err != nil {
				return failure(err)
			}
			return p.give(text.Bytes(), output)
		},
	}
	asOfFlag(c, o)
	c.Flags().StringVar(&output, "output", "", "file that receives it, replaced at once; default: standard output")
	return c
}

func itemsOf(all []programme.Standing) (items []openmetrics.Item) {
	for _, s := range all {
		i := openmetrics.Item{Name: s.Item, NextDue: s.Due, Overdue: s.State == programme.Overdue, Manual: s.Manual}
		if s.Passed != nil {
			i.LastPassed = s.Passed.At
		}
		items = append(items, i)
	}
	return items
}
