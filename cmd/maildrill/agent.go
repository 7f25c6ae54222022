package main

import (
	"github.com/spf13/cobra"

	"maildrill/harness/agent"
)

// agentCommand is what runs inside the drill's containers; users never type it.
func (p *process) agentCommand() *cobra.Command {
	return &cobra.Command{
		Use: "agent ROLE", Hidden: true, DisableFlagParsing: true,
		Short: "Be a node's agent, the name server, the vantage or the keeper",
		RunE: func(c *cobra.Command, args []string) error {
			return failure(agent.Main(c.Context(), args, p.Stdin, p.Stdout, p.Stderr))
		},
	}
}
