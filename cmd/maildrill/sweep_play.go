package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"maildrill/harness"
	"maildrill/harness/planning"
	"maildrill/harness/schedule"
	"maildrill/harness/sweep"
	"maildrill/reports"
	"maildrill/reports/history"
	"maildrill/reports/html"
	found "maildrill/reports/sweep"
)

// swept is one node with the trials of its drill; without any, left says why.
type swept struct {
	sweep.Drill
	trials *trials
}

// sweepTrials compiles the drills. A node that the fault cannot break here has
// none, and says so; a mistake in what was asked for is one of all of them.
func (p *process) sweepTrials(o sweepOptions, drills []sweep.Drill) ([]swept, error) {
	sets := append([]string{"objectives.loss={max: " + o.loss + "}", "objectives.duplicates={max: " + o.duplicates + "}"}, o.set...)
	var all []swept
	made := 0
	for _, d := range drills {
		one := swept{Drill: d}
		if d.Scenario != nil {
			plan, err := p.compiled(d.Scenario.Metadata.Name+".yaml", *d.Scenario, sets, o.runtime)
			if err != nil {
				return nil, err
			}
			if err := keepScenario(o.keepFiles, plan); err != nil {
				return nil, &exitError{code: exitEnvironment, err: fmt.Errorf("--keep-scenarios: %w", err)}
			}
			one.trials = newTrials(plan, made, 1)
			one.trials.weight = schedule.Weigh(plan, o.runtime == "embedded")
			made++
		}
		all = append(all, one)
	}
	if made == 0 {
		return nil, usage(errors.New("no node is left to be broken"))
	}
	return all, nil
}

// playSweep runs the drills, and says and writes what they found.
func (p *process) playSweep(ctx context.Context, o sweepOptions, plan *planning.Plan, all []swept) error {
	var drills []*trials
	for _, s := range all {
		if s.trials != nil {
			drills = append(drills, s.trials)
		}
	}
	began := time.Now()
	s, results, err := p.played(ctx, o.runOptions, drills)
	if err != nil {
		return err
	}
	f := found.Sweep{ID: harness.NewRunID(began, "sweep-"+cmp.Or(plan.Topology.Name, "topology")), Topology: cmp.Or(plan.Topology.Name, o.name), Title: plan.Topology.Title, Fault: o.fault,
		Held: o.held.String(), Runtime: o.runtime, Clock: string(plan.Topology.Clock), Started: began.UTC().Format(time.RFC3339), Asked: planning.Describe(drills[0].plan).Objectives}
	folder := cmp.Or(o.summary, filepath.Join(o.out, history.Sweeps, f.ID))
	f = found.Of(f, tried(folder, all))
	if err := writeSweep(folder, f); err != nil {
		return failure(fmt.Errorf("write the sweep: %w", err))
	}
	if p.json {
		err = p.printJSON(f)
	} else {
		err = p.printDocument(f.Document(), nil)
	}
	fmt.Fprintf(p.Stderr, "sweep: %s\n", filepath.Join(folder, "sweep.html"))
	codes := append(append(s.codes, unsealed(results)...), f.ExitCode)
	return errors.Join(failure(err), exit(worst(codes)))
}

// tried are the nodes with their runs.
func tried(folder string, all []swept) (rows []found.Tried) {
	for _, s := range all {
		t := found.Tried{Node: s.Node.Name, Server: s.Node.Server, Left: s.Left}
		for _, r := range s.Node.Roles {
			t.Roles = append(t.Roles, string(r))
		}
		switch {
		case s.trials == nil:
		case len(s.trials.made) == 0:
			t.Problem = "interrupted before it began"
		default:
			r := s.trials.made[len(s.trials.made)-1]
			t.Record, t.Run, t.Page, t.Seconds, t.ExitCode = r.record, r.run(), pageFrom(folder, r.folder), r.took.Seconds(), r.code
		}
		rows = append(rows, t)
	}
	return rows
}

func writeSweep(folder string, f found.Sweep) error {
	values, err := found.Marshal(f)
	if err != nil {
		return err
	}
	var page, text bytes.Buffer
	failed := []error{html.Write(&page, f.Document()), reports.MarkdownDocument(&text, f.Document())}
	for file, content := range map[string][]byte{"sweep.json": values, "sweep.html": page.Bytes(), "sweep.md": text.Bytes()} {
		failed = append(failed, replace(filepath.Join(folder, file), content))
	}
	return errors.Join(failed...)
}
