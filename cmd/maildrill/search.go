package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness"
	"maildrill/harness/campaign"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// searchOptions are the flags of `maildrill search`.
type searchOptions struct {
	budget  time.Duration
	seed    uint64
	runtime string
	out     string
	mode    string
	jobs    int
	pairs   bool
	faults  []string
	on      []string
	longest time.Duration
	recover time.Duration
	confirm int
	stopAt  int
	list    int
	set     []string
	lease   time.Duration
}

func (p *process) searchCommand() *cobra.Command {
	o := searchOptions{}
	c := &cobra.Command{
		Use: "search SCENARIO", Short: "Look for faults, and pairs of them, that a mail system does not survive", Args: cobra.ExactArgs(1),
		Long: `Try schedules of faults on the topology of a scenario, drawn from a seed: every
single fault that fits, then pairs, then three at once, until the budget is used
up. The timeline of the scenario is left out; its load and its topology stay.

In mode safety nothing may be lost, damaged or doubled, however long it takes;
in mode liveness every service must be back in time after the last fault is
taken back. A schedule that fails is run again, made as small as it can be
(fewer faults, then shorter, then fewer targets), and written as a scenario file
that "maildrill run" takes, with how often it failed.

The same seed tries the same schedules. It repeats what is done to the system,
not what that does: see the reproduction rate. A search that was interrupted goes
on where it stopped if --out names its folder again.

Exit codes: 0 nothing failed, 1 something did, 3 no drill had a conclusion,
4 interrupted, 5 something was left behind.`,
		Example: `  maildrill search backup-mx-takes-over --budget 30m
  maildrill search two-fault-defect-hidden --runtime embedded --budget 3m --jobs 4
  maildrill search balanced-mx-crash --fault net. --fault node.crash --on mx1 --seed 7
  maildrill search backup-mx-takes-over --list 20 --seed 7     # what would be tried`,
		RunE: func(c *cobra.Command, args []string) error { return p.search(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.DurationVar(&o.budget, "budget", 30*time.Minute, "how long the search may take, in all")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the schedules and of the load")
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "", "folder for findings, schedules and runs (default runs/search-ID); one of an earlier search goes on")
	f.StringVar(&o.mode, "mode", string(campaign.Safety), "safety, liveness or both")
	f.IntVar(&o.jobs, "jobs", 1, "drills at the same time")
	f.BoolVar(&o.pairs, "pairs", true, "go on with pairs of faults after the single ones")
	f.StringSliceVar(&o.faults, "fault", nil, "only this kind of fault, or with a final dot this family: net.loss, net.")
	f.StringSliceVar(&o.on, "on", nil, "only on this node, link or site")
	f.DurationVar(&o.longest, "longest", 8*time.Second, "longest time that a fault is held")
	f.DurationVar(&o.recover, "recover", 30*time.Second, "mode liveness: how soon services must be back after the last fault")
	f.IntVar(&o.confirm, "confirm", 5, "how often a finding is run again for its reproduction rate")
	f.IntVar(&o.stopAt, "findings", 0, "end after so many findings; 0: go on until the budget is used up")
	f.IntVar(&o.list, "list", 0, "print the first so many schedules, and run none")
	f.StringArrayVar(&o.set, "set", nil, "override a value of the scenario: path=value")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long faults may outlive a killed maildrill")
	return c
}

func (o searchOptions) check() error {
	var modes []string
	for _, m := range campaign.Modes {
		modes = append(modes, string(m))
	}
	switch {
	case !slices.Contains(modes, o.mode):
		return usage(misnamed(fmt.Sprintf("--mode: no mode is named %q", o.mode), o.mode, modes))
	case o.budget <= 0:
		return usage(fmt.Errorf("--budget %v: a time of more than 0, such as 30m", o.budget))
	case o.jobs < 1 || o.confirm < 1:
		return usage(errors.New("--jobs and --confirm are at least 1"))
	case o.longest < time.Second || o.longest > 10*time.Minute:
		return usage(fmt.Errorf("--longest %v: from 1s to 10m", o.longest))
	case o.recover <= 0:
		return usage(fmt.Errorf("--recover %v: a time of more than 0, such as 30s", o.recover))
	}
	for _, name := range o.faults {
		if err := knownFault(name); err != nil {
			return err
		}
	}
	return errors.Join(checkRuntime(o.runtime), checkLease(o.lease))
}

// knownFault refuses what is neither a kind nor the beginning of one.
func knownFault(name string) error {
	ids := faultIDs()
	if slices.ContainsFunc(ids, func(id string) bool { return id == name || strings.HasSuffix(name, ".") && strings.HasPrefix(id, name) }) {
		return nil
	}
	return usage(misnamed(fmt.Sprintf("--fault: no kind of fault is named %q", name), name, ids))
}

// search runs a campaign from its base to its report.
func (p *process) search(ctx context.Context, name string, o searchOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	base, err := p.searchBase(name, o)
	if err != nil {
		return err
	}
	if o.list > 0 {
		return p.listSchedules(base, o)
	}
	if o.out == "" {
		o.out = filepath.Join("runs", harness.NewRunID(time.Now(), "search-"+base.Name()))
	}
	notes, err := openNotes(o.out, base, o)
	if err != nil {
		return &exitError{code: exitEnvironment, err: err, hint: "name another folder with --out"}
	}
	defer notes.close()
	report, err := p.campaign(ctx, base, o, notes)
	if saved := notes.report(report); err == nil {
		err = saved
	}
	if printed := p.printSearch(report, o); err == nil {
		err = printed
	}
	if err != nil {
		return failure(err)
	}
	return exit(report.ExitCode())
}

// reserves are how long it takes to revert a drill and to take it down.
var reserves = map[string]time.Duration{"embedded": 3 * time.Second, "docker": 30 * time.Second}

// campaign hands the search its runner, and the signals of the process, of which
// the first ends it.
func (p *process) campaign(ctx context.Context, base *campaign.Base, o searchOptions, notes *notes) (campaign.Report, error) {
	play, stop := p.interruptible(ctx)
	defer stop()
	began := time.Now()
	fmt.Fprintf(p.Stderr, "search of %s: seed %d, mode %s, %v, results in %s\n", base.Name(), o.seed, o.mode, o.budget, o.out)
	reserve := min(o.budget/10, reserves[o.runtime])
	report, err := campaign.Search(play, campaign.Config{Base: base, Runner: &searchRunner{p: p, o: o}, Seed: o.seed, Budget: o.budget, Reserve: reserve, Jobs: o.jobs,
		Confirm: o.confirm, StopAt: o.stopAt, Before: notes.before, Tried: notes.tried, Found: notes.found,
		Say: func(line string) { fmt.Fprintf(p.Stderr, "  %6.1fs  %s\n", time.Since(began).Seconds(), line) }})
	report.Runtime, report.Simulated = o.runtime, o.runtime == "embedded"
	return report, err
}

// searchBase loads what is searched.
func (p *process) searchBase(name string, o searchOptions) (*campaign.Base, error) {
	doc, problems, err := scenarios.Find(name, o.set...)
	if err != nil {
		return nil, usage(err)
	}
	if doc == nil || doc.Scenario == nil && len(problems) == 0 {
		return nil, usage(noScenario(name, doc))
	}
	topo, more := doc.ResolveTopology()
	if problems = append(problems, more...); len(problems) > 0 {
		problems.Render(p.Stderr, p.color())
		return nil, exit(exitInvalid)
	}
	if err := notAttached(planning.ResolveTopology(topo, string(topology.Production), 1)); err != nil {
		return nil, err
	}
	base, err := campaign.NewBase(doc, topo, capabilities(o.runtime), campaign.Options{Mode: campaign.Mode(o.mode), Longest: o.longest,
		Recover: o.recover, Faults: o.faults, On: o.on, Pairs: o.pairs})
	if err != nil {
		return nil, &exitError{code: exitInvalid, err: err}
	}
	return base, nil
}

// listSchedules prints what would be tried.
func (p *process) listSchedules(base *campaign.Base, o searchOptions) error {
	places, left := base.Places()
	gen := campaign.NewGenerator(base, places, o.seed)
	var all []campaign.Schedule
	for range o.list {
		s, more := gen.Next()
		if !more {
			break
		}
		all = append(all, s)
	}
	if p.json {
		return p.printJSON(map[string]any{"schedules": all, "left_out": left})
	}
	for _, s := range all {
		fmt.Fprintf(p.Stdout, "%s  %s\n", s.Label(), s)
	}
	return p.printLeftOut(left)
}
