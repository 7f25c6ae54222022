package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maildrill/reports/controls"
	"maildrill/reports/history/period"
	"maildrill/reports/history/store"
	"maildrill/scenarios"
)

// periodOptions are the flags of `maildrill report --period`.
type periodOptions struct {
	period        string
	fresh         []string
	frameworks    []string
	register, key string
}

func (o *periodOptions) addTo(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.period, "period", "", "2026, 2026-03, 2026-03-01..2026-03-31, or with an open end, 2026-07..")
	f.StringArrayVar(&o.fresh, "fresh", nil, "with --period, how long evidence is good for: 90d, or of one requirement or control, backup-restore=30d")
	f.StringVar(&o.key, "key", "", "with --period, public key of the register: a file, or the line itself (default your own)")
	registerFlag(c, &o.register)
	frameworksFlag(c, &o.frameworks)
}

// ofRuns are the flags that say something of single runs alone.
var ofRuns = []string{"check", "as-declared", "scenarios", "stale"}

func (p *process) reportPeriod(c *cobra.Command, o reportOptions) error {
	for _, flag := range ofRuns {
		if c.Flags().Changed(flag) {
			return usage(fmt.Errorf("--%s is about single runs, and --period about all of them", flag))
		}
	}
	if len(o.runs) > 0 {
		return usage(errors.New("--period is about all runs: leave out their names, or --period"))
	}
	if _, err := documentFormatsNamed(o.formats); err != nil {
		return err
	}
	sources, err := o.sources(time.Now())
	if err != nil {
		return err
	}
	r, err := p.askPeriod(c.Context(), o, sources)
	if err != nil {
		return err
	}
	if p.json && len(o.formats) == 0 {
		return p.printJSON(r)
	}
	return p.deliver(r.Document(), o.formats, o.output)
}

// sources are what the flags say of a report, and what must be proven.
func (o reportOptions) sources(now time.Time) (s period.Sources, err error) {
	if s.Span, err = period.Parse(o.period); err != nil {
		return s, usage(fmt.Errorf("--period: %w", err))
	}
	s.AsOf = s.Span.AsOf(now)
	if o.asOf != "" {
		if s.AsOf, err = period.AsOf(o.asOf); err != nil {
			return s, usage(fmt.Errorf("--as-of: %w", err))
		}
	}
	if s.Every, err = period.ReadIntervals(o.fresh); err != nil {
		return s, usage(fmt.Errorf("--fresh: %w", err))
	}
	s.Causes, s.Mitigations, s.Frameworks = scenarios.Causes(), scenarios.Mitigations(), o.frameworks
	for _, f := range controls.Shipped() {
		if len(o.frameworks) == 0 || slices.Contains(o.frameworks, f.ID) {
			s.Controls = append(s.Controls, controls.Catalogue{f}.IDs()...)
		}
	}
	return s, checkFrameworks(o.frameworks)
}

// askPeriod reads the run folders, and asks for the population and the
// evidence.
func (p *process) askPeriod(ctx context.Context, o reportOptions, sources period.Sources) (r period.Report, err error) {
	s, err := store.OpenInMemory(ctx, o.out)
	s, done, err := p.upToDate(ctx, o.out, s, err)
	if err != nil {
		return r, err
	}
	defer s.Close()
	sources.Others, sources.Tool, sources.Folder = done.Others, tool(), o.out
	if sources.Population, err = question(ctx, s, store.Filter{From: sources.Span.From, To: sources.Span.To}); err != nil {
		return r, failure(err)
	}
	if sources.Evidence, err = question(ctx, s, store.Filter{To: sources.AsOf}); err != nil {
		return r, failure(err)
	}
	all, err := question(ctx, s, store.Filter{})
	if err != nil {
		return r, failure(err)
	}
	if sources.Register, err = p.periodRegister(ctx, o, all.Runs, sources.Span); err != nil {
		return r, err
	}
	return period.Of(sources), nil
}

func question(ctx context.Context, s *store.Store, f store.Filter) (period.Question, error) {
	q := f.Query()
	runs, err := s.Runs(ctx, q)
	return period.Question{SQL: q.SQL, Params: q.Params, Runs: runs}, err
}
