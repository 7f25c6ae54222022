package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maildrill/harness/planning"
	"maildrill/harness/schedule"
	"maildrill/scenarios"
)

// collect turns the arguments of run into trials of scenarios: every scenario is compiled
// before the first one starts, and every mistake of all of them is printed.
func (p *process) collect(o runOptions) ([]*trials, error) {
	if err := checkRuntime(o.runtime); err != nil {
		return nil, err
	}
	names, err := p.scenarioNames(o)
	if err != nil {
		return nil, err
	}
	with, err := p.overrides(o.set, o.evidence)
	if err != nil {
		return nil, err
	}
	var plans []*planning.Plan
	invalid := 0
	for _, name := range names {
		plan, problems, err := compile(name, with, capabilities(o.runtime))
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
		t.weight = schedule.Weigh(plan, o.runtime == "embedded")
		if o.asSuite() {
			t.declared = asDeclared
		}
		all = append(all, t)
	}
	if all, err = o.part(all); err != nil {
		return nil, err
	}
	return all, o.keepable(all)
}

// part keeps those that belong to the shard that was asked for.
func (o runOptions) part(all []*trials) ([]*trials, error) {
	if o.shard == "" {
		return all, nil
	}
	part, err := schedule.ParsePart(o.shard)
	if err != nil {
		return nil, usage(err)
	}
	if part.Of > len(all) {
		return nil, usage(fmt.Errorf("--shard %s: there are %d drills, and so that many shards at most: one without a drill would pass for want of data", part, len(all)))
	}
	var list []schedule.Job
	for _, t := range all {
		list = append(list, schedule.Job{Name: t.plan.Scenario.Metadata.Name, Time: time.Duration(t.rule.N) * t.plan.Usual()})
	}
	var mine []*trials
	for _, i := range schedule.Shard(list, part) {
		mine = append(mine, all[i])
	}
	return mine, nil
}

// keepable tells why a system cannot be left running.
func (o runOptions) keepable(all []*trials) error {
	if !o.keep {
		return nil
	}
	for _, t := range all {
		if t.id != "" {
			return usage(fmt.Errorf("--keep leaves the system of a drill running, and %s has more trials than one: each must start on a host without the last one's",
				t.plan.Scenario.Metadata.Name))
		}
	}
	if o.runtime == "embedded" {
		return usage(errors.New("--keep: what the embedded runtime runs ends with maildrill; `maildrill up TOPOLOGY --runtime embedded` keeps it up"))
	}
	return nil
}

// scenarioNames lists what is named: names of the library, and files. A suite is
// taken among them, and among the whole library if nothing is named.
func (p *process) scenarioNames(o runOptions) ([]string, error) {
	if len(o.names) == 0 && len(o.suites) == 0 {
		return nil, usage(fmt.Errorf("name a scenario, a file, a folder or a --suite; `maildrill list scenarios` shows the library, `maildrill list suites` the suites"))
	}
	var all []string
	for _, name := range o.names {
		files, err := expand(name)
		if err != nil {
			return nil, usage(err)
		}
		all = append(all, files...)
	}
	if len(o.suites) == 0 {
		return all, nil
	}
	return members(o.suites, all)
}

// fewNames are so many that a message still has room for them.
const fewNames = 20

// misnamed is the error of a name that stands for nothing, with the one that
// was probably meant.
func misnamed(message, wrong string, valid []string) error {
	p := (&scenarios.Document{}).Problem("", message, wrong, valid...)
	switch {
	case p.Suggestion != "":
		return fmt.Errorf("%s; did you mean %q?", message, p.Suggestion)
	case len(valid) > fewNames:
		return errors.New(message)
	}
	return fmt.Errorf("%s; valid: %s", message, strings.Join(valid, ", "))
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
func compile(name string, with overrides, can *planning.Capabilities) (*planning.Plan, scenarios.Problems, error) {
	doc, problems, err := scenarios.FindWith(name, with.evidence, with.sets...)
	if err != nil {
		return nil, nil, err
	}
	if doc == nil || doc.Scenario == nil {
		if len(problems) == 0 {
			return nil, nil, noScenario(name, doc)
		}
		return nil, problems, nil
	}
	topo, more := doc.ResolveTopology()
	problems = append(problems, more...)
	plan, more := planning.Compile(doc, topo, can)
	problems = append(problems, more...)
	if problems = append(problems, unknownControls(doc)...); len(problems) > 0 {
		plan = nil
	}
	return plan, problems, nil
}

// noScenario says what may be done with a file of another kind.
func noScenario(name string, doc *scenarios.Document) error {
	switch {
	case doc == nil:
	case doc.Evidence != nil:
		return fmt.Errorf("%s is a file of evidence, not a scenario: name it with --evidence, beside a scenario", name)
	case doc.GameDay != nil:
		return fmt.Errorf("%s is a game day, not a scenario; `maildrill gameday new %s` makes an exercise of it", name, name)
	case doc.Programme != nil:
		return fmt.Errorf("%s is a programme, not a scenario; `maildrill schedule list --programme %s` shows its dates", name, name)
	}
	return fmt.Errorf("%s is not a scenario; `maildrill up %s` starts a topology", name, strings.TrimSuffix(filepath.Base(name), ".yaml"))
}
