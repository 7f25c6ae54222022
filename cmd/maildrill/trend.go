package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"maildrill/reports/history"
	"maildrill/reports/history/store"
	"maildrill/reports/history/trend"
)

type trendOptions struct {
	out, worse, html string
	gate             bool
	trend.Options
}

func (p *process) trendCommand() *cobra.Command {
	var o trendOptions
	c := &cobra.Command{
		Use:   "trend SCENARIO",
		Short: "Follow the objectives of a scenario over its runs; a regression gate for CI",
		Long: `Follow RTO, RPO and the other times of a scenario over its runs, each against its
objective, and tell whether the newest run is slower than those before it.

Compared are runs on real servers, in the runtime and under the clock of the
newest. The newest has regressed if the lower end of what it measured is above
the median of the upper ends of the last 5 sound runs before it, by more than
--worse and by more than 3 times the median distance of these runs from that
median: slower than measuring and scatter explain.

With --fail-on-regression the exit code is
  0 if nothing regressed,
  1 if an objective regressed,
  3 if that cannot be told of an objective: fewer than 3 sound runs before the
    newest, or a newest run that was aborted or gave no sound value. No data is
    no pass; --objective looks at one objective alone.`,
		Example: `  maildrill trend backup-mx-takes-over
  maildrill trend backup-mx-takes-over --objective rto.delivery --fail-on-regression --worse 25%
  maildrill trend backup-mx-takes-over --html trend.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.trend(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "runs", "folder of the run folders")
	f.StringVar(&o.Objective, "objective", "", "only this one, rto.mx; default: all times")
	f.StringVar(&o.Clock, "clock", "", "drill or production; default: that of the newest run")
	f.IntVar(&o.Last, "last", 30, "show so many runs, the newest; 0: all")
	f.StringVar(&o.worse, "worse", "20%", "how much slower a run must be to have regressed")
	f.StringVar(&o.html, "html", "", "file that receives the trend as a page, too")
	f.BoolVar(&o.gate, "fail-on-regression", false, "exit with 1 on a regression, with 3 where it cannot be told")
	f.BoolVar(&o.SameScenario, "same-scenario", false, "only runs of the very same scenario file, topology and settings included")
	f.BoolVar(&o.Simulated, "include-simulated", false, "show simulated runs too, marked; they never count")
	return c
}

func (p *process) trend(ctx context.Context, scenario string, o trendOptions) (err error) {
	if o.Worse, err = share(o.worse); err != nil {
		return usage(fmt.Errorf("--worse: %w", err))
	}
	if o.Last < 0 {
		return usage(fmt.Errorf("--last %d: it is 0 or more", o.Last))
	}
	s, _, err := p.openHistory(ctx, o.out)
	if err != nil {
		return err
	}
	defer s.Close()
	runs, err := s.Runs(ctx, store.Filter{}.Query())
	if err != nil {
		return failure(err)
	}
	if err := known(scenario, o.Objective, runs); err != nil {
		return usage(err)
	}
	t, _ := trend.Of(scenario, runs, o.Options)
	if err := p.saveHTML(t.Document(), o.html); err != nil {
		return err
	}
	if p.json {
		err = p.printJSON(t)
	} else {
		err = p.printDocument(t.Document(), t.Pictures(p.columns()-2))
	}
	if err != nil || !o.gate {
		return err
	}
	switch t.Verdict() {
	case trend.Held:
		return nil
	case trend.Regressed:
		return exit(exitMissed)
	}
	return exit(exitUnproven)
}

// share reads a percentage.
func share(text string) (float64, error) {
	number, ok := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(v >= 0 && v <= 1000) {
		return 0, fmt.Errorf("%q is no percentage from 0%% to 1000%%; write it as 20%%", text)
	}
	return v / 100, nil
}

// known tells whether there are runs of a scenario, and whether they have the
// objective.
func known(scenario, objective string, runs []history.Run) error {
	var scenarios, objectives []string
	for _, r := range runs {
		if scenarios = append(scenarios, r.Scenario.Name); r.Scenario.Name != scenario {
			continue
		}
		for _, o := range r.Objectives {
			objectives = append(objectives, o.Name)
		}
	}
	slices.Sort(scenarios)
	slices.Sort(objectives)
	switch {
	case !slices.Contains(scenarios, scenario):
		return misnamed(fmt.Sprintf("there is no run of a scenario %q", scenario), scenario, slices.Compact(scenarios))
	case objective != "" && !slices.Contains(objectives, objective):
		return misnamed(fmt.Sprintf("--objective: no run of %s has an objective %q", scenario, objective), objective, slices.Compact(objectives))
	}
	return nil
}
