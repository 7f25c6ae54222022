package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness"
	"maildrill/harness/measure"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/schedule"
	"maildrill/reports"
	"maildrill/scenarios"
)

// trials is one scenario with all the runs that are made of it, one after the
// other. More than one of them, or the leave to make more, is a series.
type trials struct {
	plan  *planning.Plan
	place int    // among the scenarios of the command
	id    string // of the series; "": a run by itself
	rule  record.Rule
	made  []result
	// weight is what a trial takes of the host.
	weight schedule.Weight
	// ended says why no more are made though more were declared; interrupted,
	// that a signal is the reason.
	ended       string
	interrupted bool
	// declared tells a run that ended as its suite demands; such a run is not
	// made again, though it may be inconclusive. Nil: none does.
	declared func(result) bool
}

// newTrials takes the rule from the scenario; n overrides its number, 0 does
// not.
func newTrials(plan *planning.Plan, place, n int) *trials {
	t := plan.Scenario.Trials
	if n == 0 {
		n = t.N
	}
	made := &trials{plan: plan, place: place, rule: record.Rule{N: n, Stop: t.Stop, Reruns: t.Reruns}}
	if n > 1 || t.Reruns > 0 {
		made.id = harness.NewRunID(time.Now(), plan.Scenario.Metadata.Name)
	}
	return made
}

// next gives the trial to be made now: those declared, then others in place of
// inconclusive ones, as far as the rule allows. None is made after one that
// left something behind, because it would not start on a clean host.
func (t *trials) next() (drill, bool) {
	d := drill{plan: t.plan, trials: t, trial: len(t.made) + 1}
	if len(t.made) >= t.rule.N {
		d.rerunOf = t.open()
		if d.rerunOf == 0 || len(t.made) >= t.rule.N+t.rule.Reruns {
			return drill{}, false
		}
	}
	if t.ended == "" {
		t.ended = t.over()
	}
	return d, t.ended == ""
}

// left is how many trials are still to be made, as far as is known now.
func (t *trials) left() int {
	if _, more := t.next(); !more {
		return 0
	}
	return max(1, t.rule.N-len(t.made))
}

// over says why the trials made so far are the last.
func (t *trials) over() string {
	for _, r := range t.made {
		switch {
		case r.record != nil && r.record.Dirty:
			return fmt.Sprintf("trial %d left something behind: the next one would not have started clean", r.drill.trial)
		case r.verdict() == record.Failed && t.rule.Stop == scenarios.StopFirstFail:
			return fmt.Sprintf("trial %d failed, and the first failure is the last trial", r.drill.trial)
		}
	}
	return ""
}

// open is the first declared trial that is still without a conclusion, 0 if
// there is none.
func (t *trials) open() int {
	last := map[int]result{}
	for _, r := range t.made {
		last[r.drill.slot()] = r
	}
	for n := 1; n <= t.rule.N; n++ {
		if r := last[n]; r.verdict() == record.Inconclusive && (t.declared == nil || !t.declared(r)) {
			return n
		}
	}
	return 0
}

// known is what the next trial is told of those before it.
func (t *trials) known(rerunOf int) *measure.Series {
	if t.id == "" {
		return nil
	}
	s := &measure.Series{ID: t.id, Rule: t.rule, RerunOf: rerunOf, Earlier: []measure.Earlier{}}
	for _, r := range t.made {
		s.Earlier = append(s.Earlier, measure.Earlier{Trial: r.drill.trial, Run: r.run(), Verdict: r.verdict(),
			Dirty: r.record != nil && r.record.Dirty})
	}
	return s
}

// interrupt notes that a signal came before the trials were all made.
func (t *trials) interrupt() {
	if _, more := t.next(); more {
		t.ended, t.interrupted = errInterrupted.Error(), true
	}
}

func (t *trials) summary() record.Series {
	var made []measure.Made
	for _, r := range t.made {
		made = append(made, measure.Made{Trial: r.drill.trial, RerunOf: r.drill.rerunOf, Run: r.run(), Seed: r.drill.seed,
			ExitCode: r.code, Record: r.record})
	}
	s := measure.Summarize(t.id, t.rule, made, t.ended, t.interrupted)
	if s.Scenario.Name == "" { // no trial has a record
		s.Scenario = record.Scenario{Name: t.plan.Scenario.Metadata.Name, Title: t.plan.Scenario.Metadata.Title}
	}
	return s
}

// codes are the exit codes that the trials give to the whole command.
func (t *trials) codes() []int {
	if t.id != "" {
		return []int{t.summary().ExitCode}
	}
	var codes []int
	for _, r := range t.made {
		codes = append(codes, r.code)
	}
	return codes
}

// writeSeries puts the summary of a series beside its runs, and prints it.
func (p *process) writeSeries(out string, s record.Series) error {
	b, err := record.MarshalSeries(s)
	if err != nil {
		return err
	}
	path := filepath.Join(out, s.ID+".series.json")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("write the series: %w", err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return fmt.Errorf("write the series: %w", err)
	}
	if p.json {
		return nil
	}
	if err := reports.Series(p.Stdout, s, p.color(), p.columns()); err != nil {
		return fmt.Errorf("print the series: %w", err)
	}
	fmt.Fprintf(p.Stdout, "series: %s\n", path)
	return nil
}
