package main

import "github.com/spf13/cobra"

// scheduledRun are the flags of the commands that run drills.
type scheduledRun struct {
	runtime, register string
	registered        bool
}

func (r *scheduledRun) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&r.runtime, "runtime", "docker", "docker or embedded, which is SIMULATED and proves nothing")
	registerFlag(c, &r.register)
	f.BoolVar(&r.registered, "register-required", false, "do not start a run that cannot have a place in the run register")
}

func (p *process) scheduleRunDue(o *scheduleOptions) *cobra.Command {
	var r scheduledRun
	c := &cobra.Command{
		Use: "run-due", Short: "Run the drills whose time has come, once each", Args: cobra.NoArgs,
		Long: `Run the drills whose time has come, one after the other unless the programme allows
more, and end. For cron, systemd timers and CI: call it often, each date is run once
however often that is, also beside a daemon on the same --state. What waits for
another drill is run by a later call.

A drill must end as its scenario declares, where that declares an end. The exit code
is the worst of the drills, as of "maildrill run"; 0 if nothing was due.`,
		Example: "  maildrill schedule run-due --programme programme.yaml --out /var/lib/maildrill/runs",
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := p.keep(*o, r)
			if err != nil {
				return err
			}
			ctx, stop := k.listen(c.Context())
			defer stop()
			codes, err := k.scheduler(c.Context()).Once(ctx)
			if p.json && err == nil {
				err = p.printJSON(append([]ranDrill{}, k.ran...))
			}
			if err != nil || len(codes) == 0 {
				return stateError(err)
			}
			return exit(worst(codes))
		},
	}
	r.flags(c)
	return c
}
