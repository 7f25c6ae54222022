package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maildrill/harness/record"
	"maildrill/harness/schedule"
	"maildrill/reports/evidence/presence"
	"maildrill/scenarios"
)

// runOptions are the flags of `maildrill run`.
type runOptions struct {
	suites  []string
	shard   string
	runtime string
	out     string
	trials  int
	jobs    jobs
	seed    int64
	set     []string
	keep    bool
	yes     bool // containers that run may be touched
	timeout time.Duration
	lease   time.Duration
	// declared: what is named is judged as a suite is.
	declared bool
	// summary is the folder of what several drills say together; empty: one below
	// out.
	summary string
	// evidence is a file of what people say; empty: none.
	evidence string
	names    []string
	// register names the run register; registered: no run starts that cannot have a
	// place in it.
	register   string
	registered bool
}

func (p *process) runCommand() *cobra.Command {
	o := runOptions{jobs: 1}
	c := &cobra.Command{
		Use:   "run SCENARIO...",
		Short: "Run drills and judge them",
		Long: `Run drills: a file, a folder, or a name from the library (see "maildrill list").

The engine is Docker unless --runtime embedded is named; a drill in the
embedded runtime is SIMULATED and says so. The first Ctrl-C stops the drill,
reverts its faults, judges what was seen and reports; the second only reverts.

A suite (see "maildrill list suites") is taken from the library, or from what is
named. It exits 0 only if each drill ends exactly as its scenario declares; so does
--as-declared. Several drills end with one table; OUT/suites/ID/ holds one page with
links to all of them, JUnit, Markdown, metrics and suite.json.

With --jobs, drills run at the same time only as far as the host has CPUs and
memory for them; those that load the host or measure a speed run alone. auto fills
what other work leaves of the host at the start. --shard 2/5 is the second of five
parts that take about the same time: together they are the whole, whichever machine
deals them.

The trials of a drill are a series: each starts on a system made anew, each is
counted and shown, and <series>.series.json beside their folders says what they
support together. With --json a series prints {"series": [...], "runs": [...]}.

A scenario with audit: true is meant as evidence for an audit. It starts only if
people have filled what an audit needs, in the scenario or in the file that
--evidence names, and never on simulated servers.

With a key (see "maildrill keys init") every run takes its place in the run
register before anything of it starts, is closed there however it ends, and its
folder is sealed and signed; "maildrill verify" checks that. A scenario with
audit: true, or any with --register-required, does not start without its place.`,
		Example: `  maildrill run backup-mx-takes-over
  maildrill run ./drills/ --out /var/tmp/runs
  maildrill run --suite smoke --jobs auto
  maildrill run --suite nightly --shard 2/5
  maildrill run --suite requirement:backup-mx --suite area:storage
  maildrill run ./drills/ --as-declared --summary report/
  maildrill run single-server-crash --set workload.rate=50/s --seed 7
  maildrill run backup-mx-takes-over --runtime embedded
  maildrill run backup-mx-takes-over --set audit=true --evidence people.yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			o.names = args
			return p.runDrills(c.Context(), o)
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.suites, "suite", nil, "run the members of a suite of the library, or of what is named; several are joined; each must end as its scenario declares")
	f.BoolVar(&o.declared, "as-declared", false, "judge what is named as a suite: each drill must end as its scenario declares")
	f.StringVar(&o.shard, "shard", "", "run one part of the drills, as 2/5: all parts together are the whole, and take about the same time")
	f.StringVar(&o.runtime, "runtime", "docker", "docker or embedded")
	f.StringVar(&o.out, "out", "runs", "folder that receives the run folders")
	f.StringVar(&o.summary, "summary", "", "folder of what several drills say together; default: OUT/suites/ID")
	f.IntVar(&o.trials, "trials", 0, "run each drill this often, one after the other; 0: as its scenario declares")
	f.Var(&o.jobs, "jobs", "different drills at the same time, at most, or auto; never more than the host has room for")
	f.Int64Var(&o.seed, "seed", 0, "seed of arrivals and sizes; 0 takes one from the clock and records it")
	f.StringArrayVar(&o.set, "set", nil, "override a value of the scenario: path=value")
	f.StringVar(&o.evidence, "evidence", "", evidenceUsage)
	f.BoolVar(&o.yes, "yes", false, "do not ask before a drill on containers that run already (maildrill attach)")
	f.BoolVar(&o.keep, "keep", false, "leave the system running after the drill")
	f.DurationVar(&o.timeout, "timeout", 0, "abort a drill that takes longer; 0 takes the plan's own bound")
	f.DurationVar(&o.lease, "lease", 5*time.Second, "how long faults may outlive a killed maildrill")
	registerFlag(c, &o.register)
	f.BoolVar(&o.registered, "register-required", false, "do not start a run that cannot have a place in the run register")
	return c
}

// check refuses numbers that mean nothing.
func (o runOptions) check() error {
	switch {
	case o.trials < 0 || o.trials > scenarios.MostTrials:
		return usage(fmt.Errorf("--trials %d: between 1 and %d, or 0 for as many as the scenario declares", o.trials, scenarios.MostTrials))
	case o.timeout < 0:
		return usage(fmt.Errorf("--timeout %v: more than 0, or 0 for the plan's own bound", o.timeout))
	}
	if o.shard != "" {
		if _, err := schedule.ParsePart(o.shard); err != nil {
			return usage(fmt.Errorf("--shard: %w", err))
		}
	}
	return checkLease(o.lease)
}

// mustRegister tells whether a drill does not start without a place in the run
// register.
func (o runOptions) mustRegister(t *trials) bool { return o.registered || t.plan.Scenario.Audit }

// checkLease refuses a time that is none; one of 0 would be taken for none said.
func checkLease(lease time.Duration) error {
	if lease <= 0 {
		return usage(fmt.Errorf("--lease %v: a time of more than 0, such as 5s", lease))
	}
	return nil
}

// runDrills runs every drill of the options and merges how they ended.
func (p *process) runDrills(ctx context.Context, o runOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	all, err := p.collect(o)
	if err != nil {
		return err
	}
	if err := p.allowed(all, o.yes); err != nil {
		return err
	}
	began := time.Now()
	s, results, err := p.played(ctx, o, all)
	if err != nil {
		return err
	}
	if p.json {
		if err := p.printJSON(printed(all, results)); err != nil {
			return failure(err)
		}
	}
	codes := append(s.codes, unsealed(results)...)
	if o.asSuite() {
		codes = append(codes, p.unexpected(results)...)
	} else {
		for _, t := range all {
			codes = append(codes, t.codes()...)
		}
	}
	code := exitPassed // of a suite without a code that is not
	if len(codes) > 0 || !o.asSuite() {
		code = worst(codes)
	}
	if err := s.conclude(began, code); err != nil {
		return err
	}
	if o.asSuite() {
		p.suiteEnd(o.title(), results)
	}
	return exit(code)
}

// played registers and plays drills.
func (p *process) played(ctx context.Context, o runOptions, all []*trials) (*session, []result, error) {
	reg, err := p.registered(ctx, o, all)
	if err != nil {
		return nil, nil, err
	}
	s := &session{p: p, o: o, trials: all, runtime: p.runtime, registration: reg, prompt: newPrompt(p)}
	results, err := s.play(ctx)
	return s, results, err
}

// registered finds the register of the runs, and closes there what was killed.
func (p *process) registered(ctx context.Context, o runOptions, all []*trials) (*registration, error) {
	reg, err := p.registration(o.register)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, o.mustRegister) && reg.key == nil {
		return nil, errNoPlace
	}
	reg.said()
	reg.closeKilled(ctx)
	return reg, nil
}

// unsealed are the exit codes of seals that could not be made.
func unsealed(results []result) (codes []int) {
	for _, r := range results {
		if r.unsealed != 0 {
			codes = append(codes, r.unsealed)
		}
	}
	return codes
}

// result is how one trial of one drill ended.
type result struct {
	drill  drill
	folder string
	record *record.Record
	code   int
	took   time.Duration
	// place is what the run has taken in the register, nil if none; unsealed is the
	// exit code of a seal that could not be made.
	place    *record.Register
	mark     *presence.Mark
	unsealed int
}

// verdict of a run that could not even be recorded is an error.
func (r result) verdict() record.Verdict {
	if r.record == nil {
		return record.Error
	}
	return r.record.Verdict
}

func (r result) run() string {
	if r.folder == "" {
		return ""
	}
	return filepath.Base(r.folder)
}

// printed is what --json prints: a record, a list of them, or the series with
// the records of their trials.
func printed(all []*trials, results []result) any {
	records := []*record.Record{}
	for _, r := range results {
		records = append(records, r.record)
	}
	var series []json.RawMessage
	for _, t := range all {
		if t.id == "" {
			continue
		}
		if b, err := record.MarshalSeries(t.summary()); err == nil {
			series = append(series, b)
		}
	}
	switch {
	case len(series) > 0:
		return map[string]any{"series": series, "runs": records}
	case len(records) == 1:
		return records[0]
	}
	return records
}
