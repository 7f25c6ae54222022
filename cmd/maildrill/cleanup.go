package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"maildrill/harness/docker"
)

func (p *process) cleanupCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "cleanup [RUN...]",
		Short: "Finish what killed runs left: faults, containers, networks, volumes",
		Long: `Finish what killed runs left. Runs that still go on are let alone, unless they
are named with --force. Nothing without maildrill's label is touched.`,
		RunE: func(c *cobra.Command, args []string) error { return p.cleanup(c.Context(), args, force) },
	}
	c.Flags().BoolVar(&force, "force", false, "also end the named runs that still go on")
	return c
}

func (p *process) cleanup(ctx context.Context, runs []string, force bool) error {
	left, err := docker.Leftovers(ctx)
	if err != nil {
		return failure(err)
	}
	removed := []string{}
	for _, l := range left {
		named := slices.Contains(runs, l.RunID)
		if len(runs) > 0 && !named || l.Alive && !(force && named) {
			continue
		}
		remove := docker.Cleanup
		if force && named {
			remove = docker.ForceCleanup
		}
		if err := remove(ctx, l.RunID); err != nil {
			return &exitError{code: 5, err: err}
		}
		removed = append(removed, l.RunID)
	}
	if p.json {
		return p.printJSON(removed)
	}
	if len(removed) == 0 {
		fmt.Fprintln(p.Stdout, "there was nothing to clean up")
	}
	for _, id := range removed {
		fmt.Fprintf(p.Stdout, "removed what run %s left\n", id)
	}
	return nil
}
