package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/measure"
	"maildrill/harness/record"
)

// runOptions are the flags of `maildrill run`.
type runOptions struct {
	suite   string
	runtime string
	out     string
	trials  int
	jobs    int
	seed    int64
	set     []string
	keep    bool
	timeout time.Duration
	lease   time.Duration
	names   []string
}

func (p *process) runCommand() *cobra.Command {
	o := runOptions{}
	c := &cobra.Command{
		Use:   "run SCENARIO...",
		Short: "Run drills and judge them",
		Long: `Run drills: a file, a folder, or a name from the library (see "maildrill list").

The engine is Docker unless --runtime embedded is named; a drill in the
embedded runtime is SIMULATED and says so. The first Ctrl-C stops the drill,
reverts its faults, judges what was seen and reports; the second only reverts.`,
		Example: `  maildrill run backup-mx-takes-over
  maildrill run ./drills/ --out /var/tmp/runs
  maildrill run --suite smoke --trials 30
  maildrill run single-server-crash --set workload.rate=50/s --seed 7
  maildrill run backup-mx-takes-over --runtime embedded`,
		RunE: func(c *cobra.Command, args []string) error {
			o.names = args
			return p.runDrills(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.suite, "suite", "", "run every library scenario with this tag; each must end as its `expect` says")
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "runs", "folder that receives the run folders")
	f.IntVar(&o.trials, "trials", 1, "run each drill this often")
	f.IntVar(&o.jobs, "jobs", 1, "drills at the same time")
	f.Int64Var(&o.seed, "seed", 0, "seed of arrivals and sizes; 0 takes one from the clock and records it")
	f.StringArrayVar(&o.set, "set", nil, "override a value of the scenario: path=value")
	f.BoolVar(&o.keep, "keep", false, "leave the system running after the drill")
	f.DurationVar(&o.timeout, "timeout", 0, "abort a drill that takes longer; 0 takes the plan's own bound")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long faults may outlive a killed maildrill")
	return c
}

// runDrills runs every drill of the options and merges how they ended.
func (p *process) runDrills(ctx context.Context, o runOptions) error {
	drills, err := p.collect(o)
	if err != nil {
		return err
	}
	s := &session{p: p, o: o, drills: drills}
	results, err := s.play(ctx)
	if err != nil {
		return err
	}
	if p.json {
		if err := p.printJSON(records(results)); err != nil {
			return failure(err)
		}
	}
	if o.suite != "" {
		return p.suiteEnd(o.suite, results)
	}
	var codes []int
	for _, r := range results {
		codes = append(codes, r.code)
	}
	return exit(worst(codes))
}

// result is how one trial of one drill ended.
type result struct {
	drill  drill
	folder string
	record *record.Record
	code   int
	took   time.Duration
}

func records(results []result) any {
	if len(results) == 1 {
		return results[0].record
	}
	var all []*record.Record
	for _, r := range results {
		all = append(all, r.record)
	}
	return all
}

// suiteEnd passes a suite only if each member ended exactly as it declared.
func (p *process) suiteEnd(name string, results []result) error {
	unexpected := 0
	for _, r := range results {
		if r.record == nil || r.record.Expect == nil || !r.record.Expect.Met {
			unexpected++
			fmt.Fprintf(p.Stderr, "unexpected: %s trial %d: %s\n", r.drill.plan.Scenario.Metadata.Name, r.drill.trial, endingOf(r))
		}
	}
	fmt.Fprintf(p.Stderr, "suite %s: %d runs, %d ended as declared, %d did not; %s\n",
		name, len(results), len(results)-unexpected, unexpected, flakes(len(results), unexpected))
	if unexpected == 0 {
		return nil
	}
	var codes []int
	for _, r := range results {
		if r.record == nil || r.record.Expect == nil || !r.record.Expect.Met {
			codes = append(codes, max(r.code, 1))
		}
	}
	return exit(worst(codes))
}

// flakes says what so many runs support about how often a run ends otherwise
// than declared (one-sided 95 %, Clopper-Pearson).
func flakes(runs, unexpected int) string {
	return fmt.Sprintf("flake rate below %.1f %% at 95 %% confidence", 100*measure.UpperBound(runs, unexpected))
}

func endingOf(r result) string {
	if r.record == nil {
		return fmt.Sprintf("exit %d, no record", r.code)
	}
	if r.record.Expect == nil {
		return fmt.Sprintf("%s, and it declares no expectation", r.record.Verdict)
	}
	return fmt.Sprintf("%s, declared %s %v", r.record.Verdict, r.record.Expect.Verdict, r.record.Expect.Objectives)
}
