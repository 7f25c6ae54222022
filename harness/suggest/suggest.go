package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Suggestion is one drill of the library, adapted.
type Suggestion struct {
	Scenario scenarios.Scenario
	Plan     *planning.Plan
	// Because are the findings that it would show; none: it is worth a look anyway.
	Because []string
}

// Left is a drill that does not fit.
type Left struct{ Name, Why string }

// For gives the drills that fit a topology, those first that show a finding. because
// has the findings by the drill that shows each, order their places.
func For(theirs *scenarios.Topology, because map[string][]string, order func(drill string) int) (fits []Suggestion, left []Left) {
	seen := map[string]bool{}
	for _, e := range scenarios.Library() {
		if e.Kind != "Scenario" {
			continue
		}
		s, err := adapt(e.Name, theirs, len(because[e.Name]) > 0)
		if err != nil {
			left = append(left, Left{e.Name, err.Error()})
			continue
		}
		plan, err := compile(s)
		if err != nil {
			left = append(left, Left{e.Name, err.Error()})
			continue
		}
		key := deeds(plan)
		if seen[key] && len(because[e.Name]) == 0 {
			left = append(left, Left{e.Name, "another one does the same here"})
			continue
		}
		seen[key] = true
		if troubles := planning.Troubles(plan); len(troubles) > 0 {
			s.Metadata.Title = "What if " + strings.Join(troubles, ", and ") + "?"
		}
		fits = append(fits, Suggestion{Scenario: s, Plan: plan, Because: because[e.Name]})
	}
	slices.SortStableFunc(fits, func(a, b Suggestion) int {
		return cmp.Compare(order(a.Scenario.Metadata.Name), order(b.Scenario.Metadata.Name))
	})
	return fits, left
}

// portable are the actions whose meaning does not rest on one topology's scripts.
var portable = []string{"", "flush", "restart", "stop", "start", "announce", "wait"}

// adapt moves a drill of the library to another topology. One that shows how a
// counter-measure fails is moved only if it was asked for: its twin does the same.
func adapt(name string, theirs *scenarios.Topology, asked bool) (scenarios.Scenario, error) {
	doc, problems, err := scenarios.Find(name)
	if err != nil || len(problems) > 0 || doc.Scenario == nil {
		return scenarios.Scenario{}, fmt.Errorf("it cannot be read")
	}
	s := *doc.Scenario
	if s.Expect == nil || len(s.Timeline) == 0 {
		return s, fmt.Errorf("it breaks nothing, or expects nothing")
	}
	if s.Expect.Verdict != "passed" && !asked {
		return s, fmt.Errorf("its twin %s does the same", s.Metadata.Twin)
	}
	topo, _ := doc.ResolveTopology()
	if slices.ContainsFunc(topo.Nodes, func(n scenarios.Node) bool { return n.Defects != nil }) {
		return s, fmt.Errorf("it is for a simulated system")
	}
	m := mapping{planning.ResolveTopology(topo, s.Clock, 1), planning.ResolveTopology(theirs, s.Clock, 1)}
	s.Timeline = slices.Clone(s.Timeline)
	for i := range s.Timeline {
		if err := m.step(&s.Timeline[i]); err != nil {
			return s, err
		}
	}
	if len(m.to.WithRole(topology.Relay)) == 0 && s.Workload.Entry == "relay" {
		s.Workload.Entry = "mx"
	}
	if m.to.OwnTimers() && s.Clock != string(topology.Production) {
		s = inProduction(s)
	}
	if s.Workload.Entry == "submission" && s.Workload.TLS == "" {
		s.Workload.TLS = "opportunistic" // theirs may take no password in clear
	}
	s.Topology, s.Expect, s.Metadata.Twin = scenarios.TopologyRef{Inline: theirs}, nil, ""
	// What the library tells is of its own system.
	s.Metadata.Tags, s.Metadata.Story, s.Metadata.Look = nil, "", ""
	return s, nil
}

// inProduction gives a drill the clock of production, and the time to see with it that
// a service stays.
func inProduction(s scenarios.Scenario) scenarios.Scenario {
	s.Clock, s.Probes.Stable = string(topology.Production), 0
	var slowest scenarios.Duration
	for _, rto := range s.Objectives.RTO {
		slowest = max(slowest, rto)
	}
	s.Phases.Observe = max(s.Phases.Observe, slowest+scenarios.StableFor(s.Clock))
	return s
}

// mapping is the way from one topology to another.
type mapping struct{ from, to topology.Topology }

func (m mapping) step(s *scenarios.Step) error {
	if !slices.Contains(portable, s.Action) {
		return fmt.Errorf("its operators do %s with scripts of its own topology", s.Action)
	}
	s.On = slices.Clone(s.On)
	for i, name := range s.On {
		there, err := m.target(name)
		if err != nil {
			return err
		}
		s.On[i] = there
	}
	s.With = s.With.Renamed(m.text)
	return nil
}

// target is what a node or a link is called there.
func (m mapping) target(name string) (string, error) {
	if n, ok := m.from.Node(name); ok {
		return m.node(n)
	}
	for _, l := range m.from.Links {
		if l.Name == name {
			return m.link(l)
		}
	}
	return "", fmt.Errorf("it breaks %s, which is neither a node nor a link", name)
}

// parts are the roles by which nodes are found again, what tells them apart most
// first.
var parts = []topology.Role{topology.DNS, topology.Outside, topology.Relay, topology.Balancer, topology.MX, topology.Submission, topology.Store}

// node finds the node that does the same, and is the same in number.
func (m mapping) node(n topology.Node) (string, error) {
	same := func(o topology.Node) bool { return kind(o) == kind(n) }
	what := kind(n)
	for _, r := range parts {
		if n.Has(r) {
			same, what = func(o topology.Node) bool { return o.Has(r) }, string(r)
			break
		}
	}
	place := 0
	for _, o := range m.from.Nodes {
		if o.Name == n.Name {
			break
		}
		if same(o) {
			place++
		}
	}
	for _, o := range m.to.Nodes {
		if !same(o) {
			continue
		}
		if place == 0 {
			return o.Name, nil
		}
		place--
	}
	return "", fmt.Errorf("it breaks %s, and there is no such %s here", n.Name, what)
}

// kind is what a node without a role in the mail flow does: filters are alike.
func kind(n topology.Node) string {
	if n.Server == "rspamd" {
		return "filter"
	}
	return n.Server
}

func (m mapping) link(l topology.Link) (string, error) {
	ends := [2]string{}
	for i, name := range []string{l.From, l.To} {
		n, _ := m.from.Node(name)
		there, err := m.node(n)
		if err != nil {
			return "", err
		}
		ends[i] = there
	}
	for _, o := range m.to.Links {
		if o.From == ends[0] && o.To == ends[1] && o.Service == l.Service {
			return o.Name, nil
		}
	}
	return "", fmt.Errorf("it breaks the way from %s to %s, and here is no such link", l.From, l.To)
}

// text renames nodes, their hosts and the mail domain in a parameter.
func (m mapping) text(text string) string {
	for _, n := range m.from.Nodes {
		there, err := m.node(n)
		o, _ := m.to.Node(there)
		switch {
		case err != nil:
		case text == n.Name:
			return there
		case text == n.Host:
			return o.Host
		}
	}
	return strings.ReplaceAll(text, m.from.MailDomain, m.to.MailDomain)
}

// compile makes the plan, as of a file.
func compile(s scenarios.Scenario) (*planning.Plan, error) {
	text, err := scenarios.Marshal(&s)
	if err != nil {
		return nil, err
	}
	doc, problems := scenarios.Parse("suggested.yaml", text)
	if len(problems) == 0 {
		topo, more := doc.ResolveTopology()
		plan, last := planning.Compile(doc, topo, nil)
		if problems = append(more, last...); len(problems) == 0 {
			return plan, nil
		}
	}
	return nil, fmt.Errorf("%s", problems[0].Message)
}

// deeds are what a plan does, to tell drills that are the same here.
func deeds(p *planning.Plan) string {
	var all []string
	for _, s := range p.Steps {
		all = append(all, s.Kind.ID, s.Action, s.Effect, strings.Join(s.On, ","))
	}
	return strings.Join(all, " ")
}
