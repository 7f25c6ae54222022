package main

import (
	"github.com/spf13/cobra"

	"maildrill/harness/agent"
	"maildrill/harness/docker"
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

// guardCommand is the process that watches over the birth of a run's keeper;
// users never type it.
func (p *process) guardCommand() *cobra.Command {
	return &cobra.Command{
		Use: "guard RUN", Hidden: true, Args: cobra.ExactArgs(1),
		Short: "Remove a run whose maildrill dies before its keeper lives",
		RunE: func(c *cobra.Command, args []string) error {
			return failure(docker.Guard(c.Context(), p.Stdin, args[0]))
		},
	}
}
