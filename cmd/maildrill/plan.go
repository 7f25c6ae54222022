package main

import (
	"github.com/spf13/cobra"

	"maildrill/harness/planning"
)

func (p *process) planCommand() *cobra.Command {
	var sets []string
	var evidence string
	c := &cobra.Command{
		Use:   "plan SCENARIO",
		Short: "Tell in plain language what a drill would do; start nothing",
		Long: `Tell in plain language what a drill would do: nodes, links, order, worst-case
duration, what each fault does and what undoes it, privileges needed.`,
		Example: "  maildrill plan backup-mx-takes-over",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			with, err := p.overrides(sets, evidence)
			if err != nil {
				return err
			}
			plan, problems, err := compile(args[0], with, nil)
			if err != nil {
				return usage(err)
			}
			if len(problems) > 0 {
				problems.Render(p.Stderr, p.color())
				return exit(exitInvalid)
			}
			if p.json {
				return p.printJSON(planning.Describe(plan))
			}
			return planning.Describe(plan).Write(p.Stdout)
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "override a value: path=value")
	c.Flags().StringVar(&evidence, "evidence", "", evidenceUsage)
	return c
}
