package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/exercise"
	"maildrill/harness/gameday"
	"maildrill/harness/ledger"
	"maildrill/scenarios"
)

func (p *process) gamedayStart() *cobra.Command {
	var o gamedayOptions
	run := runOptions{jobs: 1, yes: true}
	c := &cobra.Command{
		Use: "start", Short: "Lead the exercise until play is over", Args: cobra.NoArgs,
		Long: `Lead the exercise. This process plays the drill and releases what was asked for; it
stays until play is over. Ctrl-C aborts: every fault is taken back first. If it is
killed, the keeper of the drill ends the faults within the lease, and whoever looks at
the exercise next finds it aborted.`,
		Example: `  maildrill gameday start --by Ann
  maildrill gameday start --by Ann --runtime embedded`,
		RunE: func(c *cobra.Command, _ []string) error { return p.lead(c.Context(), o, run) },
	}
	o.flags(c)
	f := c.Flags()
	f.StringVar(&run.runtime, "runtime", "docker", "docker or embedded")
	f.DurationVar(&run.lease, "lease", 5*time.Second, "how long faults may outlive a killed maildrill")
	f.Int64Var(&run.seed, "seed", 0, "seed of arrivals and sizes; 0 takes one from the clock and records it")
	registerFlag(c, &run.register)
	return c
}

func (p *process) lead(ctx context.Context, o gamedayOptions, run runOptions) error {
	log, r, err := p.opened(o)
	if err != nil {
		return err
	}
	who, err := p.actor(r, o, exercise.StateChanged, exercise.Running)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lead := gameday.Leading{Log: log, Send: p.sender(log), Who: who, Facts: p.facts(log, o.out),
		Tell: func(text string) { fmt.Fprintln(p.Stderr, text) }}
	if r.Scenario == "" {
		done := make(chan struct{})
		defer close(done)
		go (&session{p: p}).signals(done, stop, func() {})
	} else if lead.Play, err = p.player(log, r, run); err != nil {
		return err
	}
	after, err := gameday.Lead(ctx, lead)
	if after.ID == "" {
		return usage(err)
	}
	if err := p.shown(log, after); err != nil {
		return err
	}
	return p.ended(after, err)
}

// ended says how play ended, and exits as a run would.
func (p *process) ended(r exercise.Record, err error) error {
	if r.Drill != nil && r.Drill.Dirty {
		return &exitError{code: exitDirty, err: errors.New("clean-up could not be proven")}
	}
	if err != nil {
		return failure(err)
	}
	fmt.Fprintf(p.Stderr, "play is over (%s); next: maildrill gameday hotwash, by everybody who took part\n", r.State)
	if r.Verdict == exercise.Aborted {
		return exit(exitStopped)
	}
	return nil
}

// player plays the drill of an exercise, in the folder of the exercise.
func (p *process) player(log *gameday.Log, r exercise.Record, run runOptions) (gameday.Player, error) {
	drill, err := p.drillOf(log, r, run.runtime)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(string(log.Folder()), "scenario.yaml")
	if err := os.WriteFile(file, drill.text, 0o644); err != nil {
		return nil, &exitError{code: exitEnvironment, err: err}
	}
	run.names, run.out = []string{file}, log.Folder().Runs()
	return func(ctx context.Context, w gameday.Watch) (harness.Folder, error) { return p.playDrill(ctx, run, w) }, nil
}

// playDrill plays one drill and tells how it goes. Standard output stays with the
// exercise.
func (p *process) playDrill(ctx context.Context, run runOptions, w gameday.Watch) (harness.Folder, error) {
	all, err := p.collect(run)
	if err != nil {
		return "", err
	}
	targets := map[string]float64{}
	for name, limit := range all[0].plan.Scenario.Objectives.RTO {
		targets[name] = time.Duration(limit).Seconds()
	}
	var folder harness.Folder
	told := p.watched(func(f harness.Folder) { folder = f; w.Began(f, targets) }, w)
	_, results, err := told.played(ctx, run, all)
	if err == nil && len(results) > 0 && results[0].folder != "" {
		folder = harness.Folder(results[0].folder)
	}
	return folder, err
}

// watched is this process with somebody who looks on.
func (p *process) watched(began func(harness.Folder), w gameday.Watch) *process {
	q := *p
	q.began, q.stands = began, w.Status
	q.observe = func(e ledger.Event) { w.Event(e) }
	return &q
}

// drillOf is the drill of an exercise as it was made; nil: it has none.
func (p *process) drillOf(log *gameday.Log, r exercise.Record, runtime string) (*stagedDrill, error) {
	if err := checkRuntime(runtime); err != nil {
		return nil, err
	}
	doc, problems, err := scenarios.Load(log.Folder().GameDay())
	if err != nil {
		return nil, usage(err)
	}
	var drill *stagedDrill
	if len(problems) == 0 {
		own := r.Set[len(doc.GameDay.Set):]
		drill, problems, err = p.staged(doc, r.Base, own, runtime)
	}
	if err != nil {
		return nil, usage(err)
	}
	if len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, &exitError{code: exitInvalid, err: errors.New(mistakes(len(problems)))}
	}
	return drill, nil
}

func (p *process) gamedayEnd() *cobra.Command {
	var o gamedayOptions
	c := &cobra.Command{
		Use: "end", Short: "End play where no drill does: around a table, or after the leading process was killed", Args: cobra.NoArgs,
		Example: "  maildrill gameday end --by Ann",
		RunE: func(c *cobra.Command, _ []string) error {
			log, r, err := p.opened(o)
			if err != nil {
				return err
			}
			if r.Scenario == "" && gameday.Led(log.Folder()) {
				_, err = p.append(o, exercise.StateChanged, exercise.Recovered, exercise.Move{To: exercise.Recovered})
				return err
			}
			who, err := p.actor(r, o, exercise.StateChanged, exercise.Recovered)
			if err != nil {
				return err
			}
			after, err := gameday.Finish(c.Context(), log, who, p.facts(log, o.out))
			if err != nil {
				return usage(err)
			}
			if ok, seen := p.nothingLeft(c.Context()); !ok && after.Scenario != "" {
				fmt.Fprintf(p.Stderr, "note: whether everything of the drill is gone is not proven: %s\n", seen)
			}
			return p.shown(log, after)
		},
	}
	o.flags(c)
	return c
}
