package planning

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Capabilities are what a runtime can do.
type Capabilities struct {
	Abilities []faults.Ability // that its nodes have
	Servers   []string         // that it can run
	Simulated bool             // what it runs are no real servers
}

// lacking lists what a fault needs and the runtime does not have.
func (c *Capabilities) lacking(kind faults.Kind) []faults.Ability { return c.lacks(kind.Needs) }

func (c *Capabilities) lacks(needs []faults.Ability) []faults.Ability {
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(needs), func(a faults.Ability) bool { return slices.Contains(c.Abilities, a) })
}

// Compile resolves a scenario against its topology, the fault catalogue and
// what a runtime can do (nil: everything). It reports every mistake it
// finds, each with its position, and starts nothing. The plan is nil if there
// is any. Without a topology, whose own mistakes are known then, the rest is
// looked through all the same.
func Compile(doc *scenarios.Document, topo *scenarios.Topology, can *Capabilities) (*Plan, scenarios.Problems) {
	c := compiler{problem: doc.Problem, can: can}
	s := *doc.Scenario
	s.Fill()
	s.Topology = scenarios.TopologyRef{Name: s.Topology.Name, Inline: topo}
	c.plan = &Plan{Scenario: s}
	if topo != nil {
		c.plan.Topology = resolveTopology(topo, s)
		c.plan.Services = Services(c.plan.Topology)
		c.objectives()
		c.servers()
		c.volumes()
		c.hosts()
	}
	c.steps()
	c.guards()
	c.audit(doc)
	if len(c.problems) > 0 || topo == nil {
		return nil, c.problems
	}
	source, err := scenarios.Marshal(&s)
	if err != nil {
		return nil, append(c.problems, doc.Problem("", "write the replay file: "+err.Error(), ""))
	}
	c.plan.Source = source
	return c.plan, nil
}

type compiler struct {
	// problem gives a mistake its position, as [scenarios.Document.Problem] does.
	problem  func(path, message, wrong string, valid ...string) scenarios.Problem
	can      *Capabilities
	plan     *Plan
	step     int // the entry of the timeline that is looked at
	problems scenarios.Problems
}

func (c *compiler) steps() {
	for i, s := range c.plan.Scenario.Timeline {
		at := fmt.Sprintf("timeline[%d]", i)
		c.step = i
		step := Step{ID: s.ID, After: s.After, Action: s.Action, On: s.On}
		if s.At != nil {
			step.At = time.Duration(*s.At)
		}
		if s.For != nil {
			step.For = time.Duration(*s.For)
		}
		c.when(at, s.When, &step)
		if step.IsFault() {
			c.fault(at, s, &step)
		} else {
			c.action(at, s, &step)
		}
		c.plan.Steps = append(c.plan.Steps, step)
	}
	c.compositions()
	c.standbys()
}

func (c *compiler) when(at, text string, step *Step) {
	if text == "" {
		return
	}
	if cond, ok := c.condition(at+".when", text); ok {
		step.When = &cond
	}
}

// condition parses and checks the metric; the grammar itself is checked by
// package scenarios too.
func (c *compiler) condition(path, text string) (Condition, bool) {
	cond, err := ParseCondition(text)
	switch {
	case err != nil:
		c.add(path, err.Error(), "")
		return cond, false
	case !slices.Contains(metricNames(c.plan.Scenario), cond.Metric):
		c.add(path, fmt.Sprintf("unknown metric %q", cond.Metric), cond.Metric, metricNames(c.plan.Scenario)...)
		return cond, false
	case beyondCycle(cond) != "":
		c.add(path, fmt.Sprintf("condition %q: %s", text, beyondCycle(cond)), "")
		return cond, false
	}
	return cond, true
}

func (c *compiler) guards() {
	for i, text := range c.plan.Scenario.Guards {
		if cond, ok := c.condition(fmt.Sprintf("guards[%d]", i), text); ok {
			c.plan.Guards = append(c.plan.Guards, cond)
		}
	}
}

// fault finds the kind, decodes the parameters once to find mistakes, and
// keeps a maker that gives each target its own fault.
func (c *compiler) fault(at string, s scenarios.Step, step *Step) {
	kind, err := faults.Lookup(s.Fault)
	if why := (faults.Omission{}); errors.As(err, &why) {
		c.add(at+".fault", why.Error(), s.Fault)
		return
	} else if err != nil {
		c.add(at+".fault", err.Error(), s.Fault, faultIDs()...)
		return
	}
	step.Kind, step.Effect = kind, effectOf(kind, s.With)
	c.aims(at, step)
	step.Make = func() (faults.Fault, error) { return kind.New(s.With.Decode) }
	fault, err := step.Make()
	if err != nil {
		c.decodeProblem(at+".with", err)
	} else if step.For == 0 && !kind.Passes(fault) {
		c.add(at, fmt.Sprintf("fault %q is held: say for how long with `for:`", kind.ID), "")
	}
	c.able(at, kind, step.Targets)
	if err == nil {
		c.fits(at, *step, fault)
		c.claims(step, fault)
	}
}

func (c *compiler) decodeProblem(path string, err error) {
	if ps, ok := err.(scenarios.Problems); ok {
		c.problems = append(c.problems, ps...)
		return
	}
	c.add(path, err.Error(), "")
}

// able refuses what the runtime cannot do, and what the target's role forbids.
func (c *compiler) able(at string, kind faults.Kind, on []Aimed) {
	for _, need := range c.can.lacking(kind) {
		c.add(at+".fault", fmt.Sprintf("fault %q needs the ability %q, which this runtime does not have", kind.ID, need), "")
	}
	for _, a := range on {
		name := a.Node
		n, ok := c.plan.Topology.Node(name)
		switch {
		case !ok:
		case n.Has(topology.Outside) && a.Link == nil:
			c.add(at+".on", fmt.Sprintf("node %q is the vantage of the drill; a fault on it would blind the instrument", name), "")
		case n.Attached != "" && slices.ContainsFunc(kind.Needs, func(a faults.Ability) bool { return slices.Contains(notOfOthers, a) }):
			c.add(at+".fault", fmt.Sprintf("fault %q would make %s anew, or change what is in it; it is a container that runs already (attached): node.freeze, node.stop, process.kill, net.* and resource.* leave it whole", kind.ID, name), "")
		case slices.Contains(kind.Needs, faults.CanCutPower) && !hasDisk(n):
			c.add(at+".on", fmt.Sprintf("node %q has no disk of its own, which fault %q acts on: give one of its volumes a `size`", name, kind.ID),
				name, named(diskNodes(c.plan.Topology))...)
		}
	}
}

// notOfOthers are the abilities that a container of somebody's own has not: its network
// is its own and goes with it, and it stays what it is.
var notOfOthers = []faults.Ability{faults.CanIsolate, faults.CanReplace, faults.CanTouch, faults.CanCutPower, faults.Ability(faults.Versions),
	faults.Ability(faults.Settings), faults.Ability(faults.Files), faults.Ability(faults.Disks)}

// hasDisk tells whether a volume of the node is a file system of its own. The
// drill's own name server and vantage keep nothing on disks.
func hasDisk(n topology.Node) bool {
	ours := n.Has(topology.DNS) || n.Has(topology.Outside)
	return !ours && slices.ContainsFunc(n.Volumes, func(v topology.Volume) bool { return v.Size > 0 })
}

func diskNodes(t topology.Topology) []topology.Node {
	return slices.DeleteFunc(slices.Clone(t.Nodes), func(n topology.Node) bool { return !hasDisk(n) })
}

// servers refuses those that the runtime cannot run.
func (c *compiler) servers() {
	for _, n := range c.plan.Topology.Nodes {
		if c.can != nil && !slices.Contains(c.can.Servers, n.Server) {
			c.add("topology.nodes."+n.Name, fmt.Sprintf("node %q is a server of kind %q, which this runtime cannot run", n.Name, n.Server), n.Server, c.can.Servers...)
		}
	}
}

// volumes refuses those of which nobody knows where they belong.
func (c *compiler) volumes() {
	for _, n := range c.plan.Topology.Nodes {
		for i, v := range n.Volumes {
			if v.Path == "" {
				c.add(fmt.Sprintf("topology.nodes.%s.volumes[%d]", n.Name, i), fmt.Sprintf("volume %q has no `path`, and a server of kind %q keeps nothing of that name", v.Name, n.Server), "")
			}
		}
	}
}

// hosts refuses names that the name server would not know.
func (c *compiler) hosts() {
	for _, n := range c.plan.Topology.Nodes {
		named := slices.ContainsFunc(c.plan.Topology.Zones, func(z topology.Zone) bool { return strings.HasSuffix(n.Host, "."+z.Name) })
		if !named {
			c.add("topology.nodes."+n.Name+".host", fmt.Sprintf("nobody would find %s: it is in no zone that has a record", n.Host), "")
		}
	}
}

// objectives refuses recovery objectives for services that nothing offers.
func (c *compiler) objectives() {
	var known []string
	for _, s := range c.plan.Services {
		known = append(known, s.Key())
	}
	for name := range c.plan.Scenario.Objectives.RTO {
		if !slices.Contains(known, name) {
			c.add("objectives.rto."+name, fmt.Sprintf("no node offers the service %q", name), name, known...)
		}
	}
}

func (c *compiler) add(path, message, wrong string, valid ...string) {
	c.problems = append(c.problems, c.problem(path, message, wrong, valid...))
}

func faultIDs() []string {
	var ids []string
	for _, k := range faults.Catalogue {
		ids = append(ids, k.ID)
	}
	return ids
}

// Services lists what is probed: each service of the whole system, and each
// MX by itself, so that a dead one shows even when another takes over. One that
// stands by is no outage.
func Services(t topology.Topology) []Service {
	var list []Service
	mx := t.Serving(topology.MX)
	if len(mx) > 0 {
		list = append(list, Service{Name: "mx"})
	}
	for _, n := range mx {
		list = append(list, Service{Name: "mx", Node: n.Name})
	}
	if len(t.Serving(topology.Submission)) > 0 {
		list = append(list, Service{Name: "submission"})
	}
	if len(t.Serving(topology.Store)) > 0 {
		list = append(list, Service{Name: "imap"}, Service{Name: "delivery"})
	}
	return list
}
