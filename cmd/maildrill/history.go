package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maildrill/reports/dossier"
	"maildrill/reports/history"
	"maildrill/reports/history/period"
	"maildrill/reports/history/store"
)

type historyOptions struct {
	out, scenario, verdict, since string
	limit                         int
}

func (p *process) historyCommand() *cobra.Command {
	var o historyOptions
	c := &cobra.Command{
		Use:   "history",
		Short: "List the runs of the past, the newest first",
		Long: `List the runs of the past, the newest first: every run folder, also of runs that
were killed, whose record cannot be read, or that are still going.

What is listed comes from history.db in the folder of runs, a database that is
brought up to date from the run folders each time. It is a cache: deleting it
loses nothing.`,
		Example: `  maildrill history --scenario backup-mx-takes-over --since 30d
  maildrill history --verdict no-record
  maildrill history --json | jq '.[] | select(.dirty)'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.history(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "runs", "folder of the run folders")
	f.StringVar(&o.scenario, "scenario", "", "only runs of this scenario")
	f.StringVar(&o.verdict, "verdict", "", "only runs that ended so: "+strings.Join(outcomeNames(), ", "))
	f.StringVar(&o.since, "since", "", "only runs that started since: 30d, 2026-03, 2026-03-31")
	f.IntVar(&o.limit, "limit", 20, "only so many, the newest; 0: all")
	return c
}

func (p *process) history(ctx context.Context, o historyOptions) error {
	filter, err := o.filter(time.Now())
	if err != nil {
		return usage(err)
	}
	s, _, err := p.openHistory(ctx, o.out)
	if err != nil {
		return err
	}
	defer s.Close()
	runs, err := s.Runs(ctx, filter.Query())
	if err != nil {
		return failure(err)
	}
	slices.SortFunc(runs, func(a, b history.Run) int { return history.ByTime(b, a) })
	if p.json {
		return p.printJSON(append([]history.Run{}, runs...))
	}
	title := fmt.Sprintf("%d runs, the newest first", len(runs))
	if len(runs) == 1 {
		title = "1 run"
	}
	if filter.Latest > 0 && len(runs) == filter.Latest {
		title = fmt.Sprintf("the newest %d runs; --limit 0 shows all", len(runs))
	}
	d := dossier.Document{Title: title, Sections: []dossier.Section{{Blocks: []dossier.Block{history.Table(runs)}}}}
	return p.printDocument(d, nil)
}

func (o historyOptions) filter(now time.Time) (store.Filter, error) {
	f := store.Filter{Scenario: o.scenario, Latest: o.limit}
	if o.limit < 0 {
		return f, fmt.Errorf("--limit %d: it is 0 or more", o.limit)
	}
	if o.verdict != "" {
		f.Outcome = history.Outcome(strings.ReplaceAll(o.verdict, "-", " "))
		if !slices.Contains(history.Outcomes, f.Outcome) {
			return f, misnamed(fmt.Sprintf("--verdict: unknown verdict %q", o.verdict), o.verdict, outcomeNames())
		}
	}
	if o.since != "" {
		from, err := period.Since(o.since, now)
		if err != nil {
			return f, fmt.Errorf("--since: %w", err)
		}
		f.From = from
	}
	return f, nil
}

// outcomeNames are the outcomes as one types them.
func outcomeNames() []string {
	var all []string
	for _, o := range history.Outcomes {
		all = append(all, strings.ReplaceAll(string(o), " ", "-"))
	}
	return all
}

// openHistory opens the history of a folder of runs, brings it up to date, and
// tells what the user should know. The caller closes it.
func (p *process) openHistory(ctx context.Context, out string) (*store.Store, store.Synced, error) {
	s, err := store.Open(ctx, out)
	return p.upToDate(ctx, out, s, err)
}

func (p *process) upToDate(ctx context.Context, out string, s *store.Store, err error) (*store.Store, store.Synced, error) {
	var done store.Synced
	if err != nil {
		return nil, done, &exitError{code: exitUsage, err: err, hint: "--out names the folder that holds the run folders, as `maildrill run` has it"}
	}
	done, err = s.Sync(ctx)
	for _, n := range s.Notices() {
		fmt.Fprintf(p.Stderr, "note: %s\n", n)
	}
	if err != nil {
		s.Close()
		return nil, done, failure(err)
	}
	if done.Runs == 0 {
		fmt.Fprintf(p.Stderr, "note: there is no run in folder %s\n", out)
	}
	return s, done, nil
}
