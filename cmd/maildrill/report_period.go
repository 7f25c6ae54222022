package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maildrill/reports/history/period"
	"maildrill/reports/history/store"
	"maildrill/scenarios"
)

type periodOptions struct {
	out, period, asOf string
	fresh             []string
}

func (o *periodOptions) addTo(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.period, "period", "", "2026, 2026-03, 2026-03-01..2026-03-31, or with an open end, 2026-07..")
	f.StringArrayVar(&o.fresh, "fresh", nil, "how long evidence is good for: 90d, or of one requirement or control, backup-restore=30d")
}

func (p *process) reportPeriod(ctx context.Context, o periodOptions) error {
	sources, err := o.sources(time.Now())
	if err != nil {
		return usage(err)
	}
	s, err := store.OpenInMemory(ctx, o.out)
	s, done, err := p.upToDate(ctx, o.out, s, err)
	if err != nil {
		return err
	}
	defer s.Close()
	sources.Others, sources.Tool, sources.Folder = done.Others, tool(), o.out
	if sources.Population, err = question(ctx, s, store.Filter{From: sources.Span.From, To: sources.Span.To}); err != nil {
		return failure(err)
	}
	if sources.Evidence, err = question(ctx, s, store.Filter{To: sources.AsOf}); err != nil {
		return failure(err)
	}
	r := period.Of(sources)
	if p.json {
		return p.printJSON(r)
	}
	return p.printDocument(r.Document(), nil)
}

// sources are what the flags say of a report, and what must be proven.
func (o periodOptions) sources(now time.Time) (s period.Sources, err error) {
	if s.Span, err = period.Parse(o.period); err != nil {
		return s, fmt.Errorf("--period: %w", err)
	}
	s.AsOf = s.Span.AsOf(now)
	if o.asOf != "" {
		if s.AsOf, err = period.AsOf(o.asOf); err != nil {
			return s, fmt.Errorf("--as-of: %w", err)
		}
	}
	if s.Every, err = period.ReadIntervals(o.fresh); err != nil {
		return s, fmt.Errorf("--fresh: %w", err)
	}
	s.Causes, s.Mitigations, s.Controls = scenarios.Causes(), scenarios.Mitigations(), libraryControls()
	return s, nil
}

// libraryControls are the controls that scenarios of the library name.
func libraryControls() []string {
	var all []string
	for _, e := range scenarios.Library() {
		all = append(all, e.Controls...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func question(ctx context.Context, s *store.Store, f store.Filter) (period.Question, error) {
	q := f.Query()
	runs, err := s.Runs(ctx, q)
	return period.Question{SQL: q.SQL, Params: q.Params, Runs: runs}, err
}
