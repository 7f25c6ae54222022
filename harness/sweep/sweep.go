package sweep

import (
	"fmt"
	"slices"
	"time"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Options say what is done to each node and what must hold all the same.
type Options struct {
	Fault string
	With  scenarios.Params // of the fault
	For   time.Duration
	// RTO by service; "" is the bound of every service that has none of its own.
	RTO map[string]time.Duration
	// Only and Skip name nodes; empty: all that can be broken.
	Only, Skip []string
}

// StepID is the one step of every drill of a sweep.
const StepID = "break"

// Drill is one node with its scenario; Left says why it has none.
type Drill struct {
	Node     topology.Node
	Scenario *scenarios.Scenario
	Left     string
}

// Make gives a drill for each node of the plan's topology, in its order. The
// scenario of the plan is the template: topology, clock, workload and probes are
// as they are there.
func Make(template scenarios.Scenario, p *planning.Plan, o Options) ([]Drill, error) {
	kind, err := faults.Lookup(o.Fault)
	if err != nil {
		return nil, err
	}
	if !kind.Takes(faults.AtNode) {
		return nil, fmt.Errorf("%s breaks no node; a sweep breaks one after the other", kind.ID)
	}
	if err := o.named(p.Topology); err != nil {
		return nil, err
	}
	var drills []Drill
	for _, n := range p.Topology.Nodes {
		d := Drill{Node: n, Left: o.left(p, n)}
		if d.Left == "" {
			s := scenario(template, p, n.Name, kind, o)
			d.Scenario = &s
		}
		drills = append(drills, d)
	}
	return drills, nil
}

// named refuses nodes that are not there.
func (o Options) named(t topology.Topology) error {
	for _, name := range slices.Concat(o.Only, o.Skip) {
		if _, ok := t.Node(name); !ok {
			return fmt.Errorf("there is no node %q in %s", name, t.Name)
		}
	}
	return nil
}

// left says why a node is not broken.
func (o Options) left(p *planning.Plan, n topology.Node) string {
	switch {
	case len(o.Only) > 0 && !slices.Contains(o.Only, n.Name), slices.Contains(o.Skip, n.Name):
		return "not asked for"
	case n.Has(topology.Outside):
		return "where the drill looks from"
	case n.Standby:
		return "stands by, and is not started until somebody scales out"
	case slices.Equal(n.Roles, []topology.Role{topology.Relay}) && p.Scenario.Workload.Entry == "mx" && len(p.Scenario.Workload.Views) == 0:
		return "a sender outside of the system, which no mail of this drill passes"
	}
	return ""
}

// observation is the shortest time that a drill watches after its fault.
const observation = 35 * time.Second

// scenario is the template with another timeline and other objectives.
func scenario(s scenarios.Scenario, p *planning.Plan, node string, kind faults.Kind, o Options) scenarios.Scenario {
	s.Metadata = scenarios.Metadata{
		Name:  name(p.Topology.Name, node),
		Title: fmt.Sprintf("%s on %s of %s: is it a single point of failure?", kind.ID, node, p.Topology.Name),
		Story: fmt.Sprintf("%s. It happens to %s alone; whatever is missed shows what depends on it.", kind.Title, node),
		Tags:  []string{"sweep"}, Causes: []string{"hardware-failure"}, Mitigations: []string{"redundancy"},
	}
	step := scenarios.Step{ID: StepID, At: new(scenarios.Duration), Fault: kind.ID, On: scenarios.StringList{node}, With: o.With}
	if !kind.Momentary {
		held := scenarios.Duration(o.For)
		step.For = &held
	}
	s.Timeline = []scenarios.Step{step}
	s.Cycles, s.Alerts, s.Expect, s.Trials, s.Guards = nil, nil, nil, scenarios.Trials{}, nil
	s.Audit, s.Evidence = false, nil
	s.Objectives = objectives(p, o)
	longest := time.Duration(0)
	for _, d := range s.Objectives.RTO {
		longest = max(longest, time.Duration(d))
	}
	s.Phases.Observe = scenarios.Duration(max(observation, longest+time.Duration(p.Scenario.Probes.Stable)+5*time.Second))
	return s
}

func objectives(p *planning.Plan, o Options) scenarios.Objectives {
	all := scenarios.Objectives{Loss: &scenarios.Limit{}, RTO: map[string]scenarios.Duration{},
		Duplicates: &scenarios.Limit{Max: scenarios.Amount{Value: 1, Percent: true}}}
	for _, s := range p.Services {
		bound, own := o.RTO[s.Name]
		if !own {
			bound = o.RTO[""]
		}
		if s.Node == "" && bound > 0 {
			all.RTO[s.Name] = scenarios.Duration(bound)
		}
	}
	return all
}

// longestName is what a name of a scenario may have, in characters.
const longestName = 48

// name is that of a drill: "sweep-primary-backup-mx-mx1".
func name(topology, node string) string {
	room := longestName - len("sweep--") - len(node)
	if room < 1 {
		return ("sweep-" + node)[:longestName]
	}
	return fmt.Sprintf("sweep-%s-%s", topology[:min(len(topology), room)], node)
}
