package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"maildrill/harness/exercise"
	"maildrill/harness/planning"
	"maildrill/reports"
	"maildrill/reports/dossier"
	"maildrill/reports/history"
	"maildrill/reports/history/coverage"
	"maildrill/reports/history/store"
	"maildrill/scenarios"
)

func (p *process) listRequirements() *cobra.Command {
	var out, held string
	var markdown bool
	c := &cobra.Command{
		Use: "requirements", Short: "List every cause and counter-measure with its scenarios and their last verdicts", Args: cobra.NoArgs,
		Long: `List every cause of downtime and every counter-measure, with the scenarios of the
library that answer it, how each declares that it ends, and how it last ended on
real servers, by the runs below --out. Simulated runs count for nothing. A run of
an earlier version of a scenario says so. Some ids take people or history beside
a drill: game days answer them, and how each last ended is that of the exercises
below --exercises which somebody has signed.`,
		Example: `  maildrill list requirements --out /var/tmp/runs
  maildrill list requirements --markdown > requirements.md`,
		RunE: func(c *cobra.Command, _ []string) error {
			runs, err := p.pastRuns(c.Context(), out, c.Flags().Changed("out"))
			if err != nil {
				return err
			}
			library := scenarios.Library()
			records, err := p.exercises(held)
			if err != nil {
				return err
			}
			rows := coverage.Requirements(library, runs, versions(plansOf(library)), daysOf(records)...)
			if p.json {
				return p.printJSON(rows)
			}
			return p.printOrMarkdown(coverage.Document(rows), markdown, grouped)
		},
	}
	outFlag(c, &out)
	c.Flags().StringVar(&held, "exercises", "exercises", "folder of the exercises")
	c.Flags().BoolVar(&markdown, "markdown", false, "print a table in Markdown")
	return c
}

// daysOf are the game days of the library, each with the exercise that was last
// signed.
func daysOf(records []exercise.Record) (days []coverage.Exercise) {
	for _, name := range scenarios.GameDayNames() {
		doc, _, err := scenarios.FindGameDay(name)
		if err != nil {
			continue
		}
		g := doc.GameDay
		d := coverage.Exercise{Answer: coverage.Answer{Scenario: name, GameDay: true, Twin: g.Metadata.Twin}, Requirements: slices.Concat(g.Metadata.Causes, g.Metadata.Mitigations)}
		if x := g.Expect; x != nil {
			d.Expected = scenarios.Ending{Verdict: x.Verdict, Objectives: x.Checks}.Words()
		}
		for _, r := range records {
			if r.Name == name && len(r.Signatures) > 0 && r.Started != nil && !r.Simulated {
				d.Last = &coverage.Last{Run: r.ID, Outcome: string(r.Verdict), Started: *r.Started, AsDeclared: r.Expect != nil && r.Expect.Met}
			}
		}
		days = append(days, d)
	}
	return days
}

func (p *process) listCoverage() *cobra.Command {
	var html string
	var markdown bool
	c := &cobra.Command{
		Use: "coverage", Short: "Show what the library covers: requirements by topology, faults by place and stage", Args: cobra.NoArgs,
		Long: `Show which requirement is answered on which topology, and which fault strikes where
and which stages of a message's life it can meet there: on its way in, in a queue,
between two servers, in the store. What is not covered is listed.`,
		Example: `  maildrill list coverage
  maildrill list coverage --html coverage.html
  maildrill list coverage --json | jq .unused_faults`,
		RunE: func(*cobra.Command, []string) error {
			library := scenarios.Library()
			found := coverage.Of(library, plansOf(library))
			if err := p.saveHTML(found.Document(true), html); err != nil {
				return err
			}
			if p.json {
				return p.printJSON(found)
			}
			same := func(rows [][]string) [][]string { return rows }
			return p.printOrMarkdown(found.Document(markdown), markdown, same)
		},
	}
	c.Flags().StringVar(&html, "html", "", "file that receives the matrices as a page, too")
	c.Flags().BoolVar(&markdown, "markdown", false, "print matrices in Markdown")
	return c
}

func (p *process) printOrMarkdown(d dossier.Document, markdown bool, shape func([][]string) [][]string) error {
	if markdown {
		return failure(reports.MarkdownDocument(p.Stdout, d))
	}
	p.printGrids(d, shape)
	return nil
}

// plansOf compiles scenarios of the library. One with mistakes has no plan: its
// own tests tell.
func plansOf(library []scenarios.Entry) (plans []*planning.Plan) {
	for _, e := range library {
		if e.Kind != "Scenario" {
			continue
		}
		if plan, problems, err := compile(e.Name, overrides{}, nil); err == nil && len(problems) == 0 {
			plans = append(plans, plan)
		}
	}
	return plans
}

// versions are the digests of scenarios as they would be run now.
func versions(plans []*planning.Plan) coverage.Versions {
	now := coverage.Versions{}
	for _, p := range plans {
		now[p.Scenario.Metadata.Name] = p.Spec().Scenario.SHA256
	}
	return now
}

// pastRuns are the runs of a folder; none if there is no such folder and nobody
// asked for it.
func (p *process) pastRuns(ctx context.Context, out string, asked bool) ([]history.Run, error) {
	if !exists(out) && !asked {
		fmt.Fprintf(p.Stderr, "note: there is no folder %s: nothing was ever run here; --out names another\n", out)
		return nil, nil
	}
	s, _, err := p.openHistory(ctx, out)
	if err != nil {
		return nil, err
	}
	runs, err := s.Runs(ctx, store.Filter{}.Query())
	return runs, failure(errors.Join(err, s.Close()))
}
