package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *process) scheduleDaemon(o *scheduleOptions) *cobra.Command {
	var r scheduledRun
	c := &cobra.Command{
		Use: "daemon", Short: "Stay, and run each drill when its time comes", Args: cobra.NoArgs,
		Long: `Stay, and run each drill of the programme when its time comes. What happens goes to
standard error and into schedule.jsonl in the folder of --state. The clock is looked
at every minute: one that is set back runs nothing twice, one that is set forward
misses dates, which are run late or skipped as the programme says.

A signal ends the daemon; a drill that runs then is stopped, reverted, judged and
reported first, as with "maildrill run".`,
		Example: "  maildrill schedule daemon --programme programme.yaml --out /var/lib/maildrill/runs",
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := p.keep(*o, r)
			if err != nil {
				return err
			}
			ctx, stop := k.listen(c.Context())
			defer stop()
			k.announce()
			return stateError(k.scheduler(c.Context()).Serve(ctx))
		},
	}
	r.flags(c)
	return c
}

// announce says what comes next.
func (k *keeper) announce() {
	now := k.now()
	for _, o := range k.plan.Occurrences(now, now.AddDate(1, 0, 0)) {
		it, _ := k.plan.File().Item(o.Item)
		switch {
		case it.Manual() || o.Skipped != "":
			continue
		case o.Window != nil:
			k.tell(fmt.Sprintf("next: %s, unannounced, between %s and %s", o.Item, asWall(o.Window.From, k.plan), asWall(o.Window.To, k.plan)))
		default:
			k.tell(fmt.Sprintf("next: %s, %s", o.Item, asWall(o.Start, k.plan)))
		}
		return
	}
	k.tell("the programme has no more dates for a machine; it waits for missed ones only")
}
