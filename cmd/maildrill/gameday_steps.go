package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
)

// awaitRelease is how long inject waits for the leading process to release it.
const awaitRelease = 30 * time.Second

func (p *process) gamedayInject() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "inject ID", Short: "Release an inject", Args: cobra.ExactArgs(1),
		Long: `Ask the leading process to release an inject, and wait until it has: a fault is
released when the drill has come to its step. On hold nothing is released.`,
		Example: "  maildrill gameday inject lose-store --by Ann",
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := p.append(o, exercise.InjectAsked, "", exercise.Target{ID: args[0]}); err != nil {
				return err
			}
			return p.awaitInject(c.Context(), o, args[0])
		},
	}
	o.flags(c)
	return c
}

func (p *process) awaitInject(ctx context.Context, o gamedayOptions, id string) error {
	ctx, cancel := context.WithTimeout(ctx, awaitRelease)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_, r, err := p.opened(o)
		if err != nil {
			return err
		}
		for _, in := range r.Injects {
			if in.ID == id && in.Released != nil {
				fmt.Fprintf(p.Stdout, "released: %s\n", id)
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			fmt.Fprintf(p.Stderr, "note: the drill has not come to inject %s yet; it is released as soon as it has\n", id)
			return nil
		}
	}
}

func (p *process) gamedayStep() *cobra.Command {
	var note string
	c := p.writes(&cobra.Command{
		Use: "step ID begun|done|skipped|failed", Short: "Say how a step of the runbook stands", Args: cobra.ExactArgs(2),
		Example: `  maildrill gameday step declare done --by Cem
  maildrill gameday step call-provider skipped --note "nobody answers"`,
	}, exercise.StepChanged, func(args []string) any { return exercise.StepChange{ID: args[0], Result: args[1], Note: note} })
	c.Flags().StringVar(&note, "note", "", "what was done otherwise than the runbook says")
	return c
}

func (p *process) gamedayNote() *cobra.Command {
	var o gamedayOptions
	var kind string
	var ago time.Duration
	c := &cobra.Command{
		Use: "note TEXT", Short: "Write something down", Args: cobra.ExactArgs(1),
		Long: `Write something down, with the time. A note with the words REAL WORLD stops play.`,
		Example: `  maildrill gameday note "queue of mx1 at 4000"
  maildrill gameday note "we restore, and do not repair" --kind decision --ago 2m`,
		RunE: func(c *cobra.Command, args []string) error {
			log, _, err := p.opened(o)
			if err != nil {
				return err
			}
			if _, err := p.append(o, exercise.Noted, "", exercise.Remark{Kind: kind, Text: args[0], Ago: ago.Seconds()}); err != nil {
				return err
			}
			if channel.IsRealWorld(args[0]) {
				return p.realWorld(c.Context(), log, o, args[0])
			}
			return nil
		},
	}
	o.flags(c)
	c.Flags().StringVar(&kind, "kind", "", "observation, decision, action or milestone (default observation)")
	c.Flags().DurationVar(&ago, "ago", 0, "how long ago it was")
	return c
}

func (p *process) gamedayMark() *cobra.Command {
	var ago time.Duration
	c := p.writes(&cobra.Command{
		Use: "mark detected|declared|restored|verified|normal", Short: "Call a milestone", Args: cobra.ExactArgs(1),
		Long: `Call a milestone of the recovery, as people see it: the fault is detected, a disaster
is declared, the service is restored, the data are verified, all is normal again. The
drill measures its own.`,
		Example: "  maildrill gameday mark detected --ago 30s",
	}, exercise.Marked, func(args []string) any { return exercise.Milestone{Kind: args[0], Ago: ago.Seconds()} })
	c.Flags().DurationVar(&ago, "ago", 0, "how long ago it was")
	return c
}

func (p *process) gamedayHold() *cobra.Command {
	return p.moves("hold", "Let play stand still: no inject is released", `Let play stand still. No inject is released and the clock of play stops; faults that are
held stay. "maildrill gameday abort" takes them back.`, "  maildrill gameday hold --why \"somebody is missing\"", exercise.Hold)
}

func (p *process) gamedayResume() *cobra.Command {
	return p.moves("resume", "Go on after a hold", "Go on after a hold.", "  maildrill gameday resume", exercise.Running)
}

func (p *process) gamedayAbort() *cobra.Command {
	c := p.moves("abort", "Stop the exercise: every fault is taken back, and proven gone", `Stop the exercise. Everybody who is active may. The leading process takes every fault
back, proves it gone, judges what was seen, and ends play; abort does not wait for it.`, "  maildrill gameday abort --why \"customers call\"", exercise.Stopped)
	return c
}

func (p *process) gamedayClose() *cobra.Command {
	return p.moves("close", "Close the exercise: everything found is in somebody's hands", `Close a signed exercise. Every finding has an action with an owner and a due date, or an
accepted risk. Actions are followed up after that too.`, "  maildrill gameday close", exercise.Closed)
}
