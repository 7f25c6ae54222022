package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"maildrill/harness/campaign"
)

// printSearch shows what a search did and found.
func (p *process) printSearch(r campaign.Report, o searchOptions) error {
	if p.json {
		return p.printJSON(r)
	}
	w := p.Stdout
	fmt.Fprintf(w, "search of %s on %s, seed %d, mode %s: %d drills (%d made in place of some without a conclusion) in %v of %v; %s\n", r.Scenario, r.Topology, r.Seed, r.Mode,
		r.Trials, r.Reruns, r.Took.Round(time.Second), r.Budget, r.Ended)
	if r.Simulated {
		fmt.Fprintln(w, "SIMULATED: no real mail server ran")
	}
	for _, c := range r.Counts {
		fmt.Fprintf(w, "  %s: %d tried, %d failed, %d without a conclusion, %d not run because they contain a finding\n",
			c.Family, c.Tried, c.Failed, c.Inconclusive, c.Explained)
	}
	p.printFound(r.Findings)
	p.printOpen(r.Open)
	if err := p.printCoverage(r.Coverage); err != nil {
		return err
	}
	if err := p.printLeftOut(r.LeftOut); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nfiles: %s\n", o.out)
	return nil
}

func (p *process) printFound(all []*campaign.Finding) {
	if len(all) == 0 {
		fmt.Fprintln(p.Stdout, "\nnothing failed: that says something about what was tried, and nothing about the rest")
		return
	}
	fmt.Fprintln(p.Stdout, "\nfindings")
	for _, f := range all {
		fmt.Fprintf(p.Stdout, "  %d. misses %s: %s\n", f.N, f.Class, f.Minimal)
		fmt.Fprintf(p.Stdout, "     reproduction rate %s; %s; found as schedule %s\n", f.Rate, f.State, f.First.Label())
		if len(f.Also) > 0 {
			fmt.Fprintf(p.Stdout, "     also in %d other schedules\n", len(f.Also))
		}
		fmt.Fprintf(p.Stdout, "     again: maildrill run %s --trials 10\n", f.File)
	}
}

// fewOpen is how many drills without a conclusion are named.
const fewOpen = 10

func (p *process) printOpen(open []campaign.Tried) {
	if len(open) == 0 {
		return
	}
	fmt.Fprintln(p.Stdout, "\nwithout a conclusion")
	for i, t := range open {
		if i == fewOpen {
			fmt.Fprintf(p.Stdout, "  and %d more, in search.json\n", len(open)-i)
			break
		}
		fmt.Fprintf(p.Stdout, "  %s  %s\n      %s: %s\n", t.Schedule.Label(), t.Schedule, t.Outcome.Verdict, t.Outcome.Brief())
	}
}

// printCoverage is the table of fault and role by what the system was in.
func (p *process) printCoverage(cells []campaign.Cell) error {
	if len(cells) == 0 {
		return nil
	}
	fmt.Fprintln(p.Stdout, "\ntried: drills in which the fault was proven, of those in which it was planned; - never")
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "  fault\ton")
	for _, s := range campaign.Stages {
		fmt.Fprintf(w, "\t%s", s)
	}
	fmt.Fprintln(w)
	for i := 0; i < len(cells); {
		first := cells[i]
		row := map[campaign.Stage]string{}
		for ; i < len(cells) && cells[i].Fault == first.Fault && cells[i].Role == first.Role; i++ {
			row[cells[i].Stage] = fmt.Sprintf("%d/%d", cells[i].Proven, cells[i].Planned)
		}
		fmt.Fprintf(w, "  %s\t%s", first.Fault, first.Role)
		for _, s := range campaign.Stages {
			cell := row[s]
			if cell == "" {
				cell = "-"
			}
			fmt.Fprintf(w, "\t%s", cell)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// printLeftOut groups the kinds that were not tried by their reason.
func (p *process) printLeftOut(left []campaign.LeftOut) error {
	if len(left) == 0 {
		return nil
	}
	var order []string
	kinds := map[string][]string{}
	for _, l := range left {
		why := l.Why
		if at := strings.Index(why, "needs the ability"); at >= 0 {
			why = "this runtime cannot make it"
		}
		why = strings.ReplaceAll(why, l.Fault, "FAULT")
		if !slices.Contains(order, why) {
			order = append(order, why)
		}
		kinds[why] = append(kinds[why], l.Fault)
	}
	fmt.Fprintln(p.Stdout, "\nnot tried")
	for _, why := range order {
		fmt.Fprintf(p.Stdout, "  %s: %s\n", strings.Join(kinds[why], ", "), why)
	}
	return nil
}
