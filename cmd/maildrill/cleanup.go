package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/docker"
)

func (p *process) cleanupCommand() *cobra.Command {
	var force bool
	var where string
	c := &cobra.Command{
		Use:   "cleanup [RUN...]",
		Short: "Finish what killed runs left: faults, containers, networks, volumes",
		Long: `Finish what killed runs left. Runs that still go on are let alone, unless they
are named with --force. Nothing without maildrill's label is touched. Runs that were
killed are closed in the run register.`,
		Example: `  maildrill cleanup
  maildrill cleanup 20261123-184105-backup-mx-takes-over-3fa9`,
		RunE: func(c *cobra.Command, args []string) error {
			reg, err := p.registration(where)
			if err != nil {
				fmt.Fprintf(p.Stderr, "note: no run can be closed in the register: %v\n", err)
				return p.cleanup(c.Context(), args, force)
			}
			defer reg.closeKilled(c.Context())
			return p.cleanup(c.Context(), args, force)
		},
	}
	registerFlag(c, &where)
	c.Flags().BoolVar(&force, "force", false, "also end the named runs that still go on")
	return c
}

func (p *process) cleanup(ctx context.Context, runs []string, force bool) error {
	ctx, stop := p.interruptible(ctx)
	defer stop()
	left, err := docker.Leftovers(ctx)
	if err != nil {
		return failure(err)
	}
	removed := []string{}
	var stuck []error
	for _, l := range left {
		named := slices.Contains(runs, l.RunID)
		if len(runs) > 0 && !named || l.Alive && !(force && named) {
			continue
		}
		remove := docker.Cleanup
		if force && named {
			remove = docker.ForceCleanup
		}
		if err := bounded(ctx, l.RunID, remove); err != nil {
			stuck = append(stuck, err)
			continue
		}
		removed = append(removed, l.RunID)
	}
	return errors.Join(p.printCleanup(removed, len(stuck) == 0), dirty(stuck))
}

// cleanupLimit bounds the work on one run: what the engine does not give up must
// not keep the others from being cleaned up.
const cleanupLimit = 90 * time.Second

func bounded(ctx context.Context, run string, remove func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(ctx, cleanupLimit)
	defer cancel()
	return remove(ctx, run)
}

func dirty(stuck []error) error {
	if len(stuck) == 0 {
		return nil
	}
	return &exitError{code: 5, err: errors.Join(stuck...),
		hint: "an engine that counts endpoints of containers that are gone frees their networks when it is restarted"}
}

func (p *process) printCleanup(removed []string, all bool) error {
	if p.json {
		return p.printJSON(removed)
	}
	if len(removed) == 0 && all {
		fmt.Fprintln(p.Stdout, "there was nothing to clean up")
	}
	for _, id := range removed {
		fmt.Fprintf(p.Stdout, "removed what run %s left\n", id)
	}
	return nil
}
