package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// collect turns the arguments of run into trials of scenarios: every scenario is compiled
// before the first one starts, and every mistake of all of them is printed.
func (p *process) collect(o runOptions) ([]*trials, error) {
	if err := checkRuntime(o.runtime); err != nil {
		return nil, err
	}
	if o.trials < 0 || o.trials > scenarios.MostTrials {
		return nil, usage(fmt.Errorf("--trials %d: between 1 and %d, or 0 for as many as the scenario declares", o.trials, scenarios.MostTrials))
	}
	names, err := p.scenarioNames(o)
	if err != nil {
		return nil, err
	}
	var plans []*planning.Plan
	invalid := 0
	for _, name := range names {
		plan, problems, err := compile(name, o.set, capabilities(o.runtime))
		if err != nil {
			return nil, usage(err)
		}
		if len(problems) > 0 {
			problems.Render(p.Stderr, p.color())
			invalid += len(problems)
			continue
		}
		plans = append(plans, plan)
	}
	if invalid > 0 {
		return nil, &exitError{code: exitInvalid, err: fmt.Errorf("%s; nothing was started", mistakes(invalid))}
	}
	var all []*trials
	for i, plan := range plans {
		t := newTrials(plan, i, o.trials)
		if o.suite != "" {
			t.declared = asDeclared
		}
		if o.keep && t.id != "" {
			return nil, usage(fmt.Errorf("--keep leaves the system of a drill running, and %s has more trials than one: each must start on a host without the last one's",
				plan.Scenario.Metadata.Name))
		}
		all = append(all, t)
	}
	return all, nil
}

func (p *process) scenarioNames(o runOptions) ([]string, error) {
	names := slices.Clone(o.names)
	if o.suite != "" {
		for _, e := range scenarios.Library() {
			if e.Kind == "Scenario" && slices.Contains(e.Tags, o.suite) {
				names = append(names, e.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil, usage(fmt.Errorf("name a scenario, a file, a folder or a --suite; `maildrill list scenarios` shows the library"))
	}
	var all []string
	for _, name := range names {
		files, err := expand(name)
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, files...)
	}
	return all, nil
}

// expand turns a folder into the scenario files in it.
func expand(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}, nil
	}
	var files []string
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		found, err := filepath.Glob(filepath.Join(name, pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	if len(files) == 0 {
		return nil, fmt.Errorf("no *.yaml file in folder %s", name)
	}
	return files, nil
}

// compile loads a scenario and its topology and compiles them.
func compile(name string, sets []string, can *planning.Capabilities) (*planning.Plan, scenarios.Problems, error) {
	doc, problems, err := scenarios.Find(name, sets...)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil || doc.Scenario == nil {
		if len(problems) == 0 {
			return nil, nil, fmt.Errorf("%s is not a scenario; `maildrill up %s` starts a topology", name, strings.TrimSuffix(filepath.Base(name), ".yaml"))
		}
		return nil, problems, nil
	}
	topo, more := doc.ResolveTopology()
	problems = append(problems, more...)
	plan, more := planning.Compile(doc, topo, can)
	return plan, append(problems, more...), nil
}
