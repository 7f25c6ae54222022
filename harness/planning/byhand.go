package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// LongestHold is how long a fault is held that was asked for by hand and that
// nobody takes back: what was forgotten ends too.
const LongestHold = 24 * time.Hour

// Wish is a fault that somebody asks for by hand.
type Wish struct {
	Fault string        // id of its kind
	On    string        // a node, a link or a site
	Set   []string      // parameters, "key=value"
	For   time.Duration // 0: until it is taken back
}

// Lacking is the error of a wish that the runtime cannot fulfil.
type Lacking struct {
	Fault string
	Needs []faults.Ability // that are missing
	// Possible are the kinds that the runtime has all abilities for.
	Possible []string
}

func (l *Lacking) Error() string {
	var words []string
	for _, a := range l.Needs {
		words = append(words, string(a))
	}
	return fmt.Sprintf("fault %q needs %s, which this runtime does not have", l.Fault, strings.Join(words, ", "))
}

// ByHand makes a step of a wish, on a topology that runs. The error is
// [scenarios.Problems], with the flags as positions, or a [*Lacking].
func ByHand(t topology.Topology, can *Capabilities, id string, w Wish) (Step, error) {
	with, problems := scenarios.SetParams(w.Set...)
	hold := scenarios.Duration(w.For)
	if w.For == 0 {
		hold = scenarios.Duration(LongestHold)
	}
	c := compiler{can: can, problem: flagged, problems: problems, plan: &Plan{Topology: t, Scenario: scenarios.Scenario{
		Timeline: []scenarios.Step{{ID: id, Fault: w.Fault, On: []string{w.On}, For: &hold, With: with}}}}}
	kind, err := faults.Lookup(w.Fault)
	if missing := can.lacking(kind); err == nil && len(missing) > 0 {
		return Step{}, &Lacking{Fault: kind.ID, Needs: missing, Possible: can.possible()}
	}
	if err == nil && early(kind, with) {
		c.add("timeline[0].fault", fmt.Sprintf("%q needs what was kept of its target some time before, and by hand nothing was: play it in a drill", kind.ID), "")
		return Step{}, c.problems
	}
	c.known(w.On)
	c.steps()
	if len(c.problems) > 0 {
		return Step{}, c.problems
	}
	step := c.plan.Steps[0]
	if f, err := step.Make(); err == nil && kind.Passes(f) {
		step.For = w.For
	}
	return step, nil
}

// early tells whether a fault has work to do ahead of it.
func early(kind faults.Kind, with scenarios.Params) bool {
	f, err := kind.New(with.Decode)
	_, ahead := f.(faults.Preparer)
	return err == nil && ahead
}

// possible lists the faults that lack nothing.
func (can *Capabilities) possible() (ids []string) {
	for _, k := range faults.Catalogue {
		if len(can.lacking(k)) == 0 {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// known refuses a name that stands for nothing; of a scenario package scenarios
// does it.
func (c *compiler) known(name string) {
	if _, members := aim(c.plan.Topology, name); len(members) > 0 {
		return
	}
	valid := targets(c.plan.Topology)
	c.add("timeline[0].on", fmt.Sprintf("%q is no node, link or site of this topology", name), name, valid...)
}

// targets lists all that a fault can be aimed at.
func targets(t topology.Topology) []string {
	var names []string
	for _, n := range t.Nodes {
		names = append(names, n.Name)
	}
	for _, l := range t.Links {
		names = append(names, l.Name)
	}
	for _, n := range t.Nodes {
		if n.Site != "" && !slices.Contains(names, n.Site) {
			names = append(names, n.Site)
		}
	}
	return names
}

// flags are where the parts of a step stand on the command line.
var flags = map[string]string{"fault": "FAULT", "on": "--on", "with": "--set"}

// flagged is a mistake on the command line.
func flagged(path, message, wrong string, valid ...string) scenarios.Problem {
	_, part, _ := strings.Cut(path, "].")
	flag, ok := flags[part]
	if !ok {
		flag = "inject"
	}
	p := (&scenarios.Document{File: flag}).Problem("", message, wrong, valid...)
	p.Line, p.Column = 0, 0
	return p
}
