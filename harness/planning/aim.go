package planning

import (
	"fmt"
	"slices"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// Aimed is one thing that a step acts on.
type Aimed struct {
	Name string // as in the file, or the node of a site: "mx1", "mx1-store1"
	Node string // the node that is acted on; of a link its client's end
	Link *topology.Link
	// Claims are what the fault of its step needs while it is held there.
	Claims []faults.Claim
}

// aim finds what a name in `on` stands for: a node, a link, or all nodes of a
// site. Those of the drill itself belong to no site.
func aim(t topology.Topology, name string) (faults.Aim, []Aimed) {
	if _, ok := t.Node(name); ok {
		return faults.AtNode, []Aimed{{Name: name, Node: name}}
	}
	for _, l := range t.Links {
		if l.Name == name {
			return faults.AtLink, []Aimed{{Name: name, Node: l.From, Link: &l}}
		}
	}
	var members []Aimed
	for _, n := range t.Nodes {
		if n.Site == name && !n.Has(topology.Outside) {
			members = append(members, Aimed{Name: n.Name, Node: n.Name})
		}
	}
	return faults.AtSite, members
}

// Aim finds what a name in `on` stands for, of a kind that takes it; nothing
// otherwise.
func Aim(t topology.Topology, k faults.Kind, name string) []Aimed {
	kind, members := aim(t, name)
	if !k.Takes(kind) {
		return nil
	}
	return members
}

// aims resolves the targets of a fault, and refuses those that its kind does
// not take.
func (c *compiler) aims(at string, step *Step) {
	step.Targets, step.On = nil, nil
	for _, name := range c.plan.Scenario.Timeline[c.step].On {
		kind, members := aim(c.plan.Topology, name)
		if len(members) == 0 {
			continue // package scenarios has reported it
		}
		if !step.Kind.Takes(kind) {
			c.add(at+".on", fmt.Sprintf("%q is a %s; fault %q is aimed at %s", name, kind, step.Kind.ID, aimWords(step.Kind)), "")
			continue
		}
		for _, m := range members {
			if !slices.Contains(step.On, m.Name) {
				step.On, step.Targets = append(step.On, m.Name), append(step.Targets, m)
			}
		}
	}
}

func aimWords(k faults.Kind) string {
	if len(k.Aims) == 0 {
		return "nodes"
	}
	text := ""
	for i, a := range k.Aims {
		if i > 0 {
			text += " or "
		}
		text += string(a) + "s"
	}
	return text
}

// Target is what a fault is told of its aim before anything runs: no node, no
// addresses and no views.
func Target(t topology.Topology, a Aimed) faults.Target {
	target := faults.Target{Node: unborn(a.Node), Domain: t.MailDomain, IPv6: t.IPv6}
	for _, n := range t.Nodes {
		target.Peers = append(target.Peers, peer(n))
	}
	for _, a := range t.Accounts {
		target.Accounts = append(target.Accounts, faults.Account(a))
	}
	for _, z := range t.Zones {
		zone := faults.Zone{Name: z.Name}
		for _, r := range z.Records {
			zone.Records = append(zone.Records, faults.Record(r))
		}
		target.Zones = append(target.Zones, zone)
	}
	if a.Link != nil {
		to, _ := target.Peer(a.Link.To)
		target.Link = &faults.Link{Name: a.Link.Name, To: to, Service: string(a.Link.Service), Port: to.Services[string(a.Link.Service)]}
	}
	return target
}

// unborn is a node of which only the name is known.
type unborn string

// Name is the node's name.
func (n unborn) Name() string { return string(n) }

func peer(n topology.Node) faults.Peer {
	p := faults.Peer{Name: n.Name, Host: n.Host, Site: n.Site, Server: n.Server, Node: unborn(n.Name), Services: map[string]int{}}
	for _, r := range n.Roles {
		p.Roles = append(p.Roles, string(r))
	}
	for s, port := range n.Services {
		p.Services[string(s)] = port
	}
	for _, v := range n.Volumes {
		p.Volumes = append(p.Volumes, faults.Volume{Name: v.Name, Path: v.Path, Type: orElse(v.Type, "ext4"), Size: v.Size})
	}
	return p
}

// Enliven replaces the names in a target by what runs. Its node is nil then if
// it does not run.
func Enliven(t *faults.Target, s topology.System) {
	var addresses topology.Addresses
	if a, ok := s.(topology.Addresser); ok {
		addresses = a.Addresses()
	}
	name := t.Node.Name()
	t.Node = nil
	for i, p := range t.Peers {
		if instance, ok := s.Instance(p.Name); ok {
			t.Peers[i].Node = instance
			if p.Name == name {
				t.Node = instance
			}
		}
		t.Peers[i].Addresses = addresses[p.Name]
		if t.Link != nil && t.Link.To.Name == p.Name {
			t.Link.To = t.Peers[i]
		}
	}
}

// fits asks a fault whether it can do its work on each of its targets.
func (c *compiler) fits(at string, step Step, fault faults.Fault) {
	if n, ok := fault.(faults.Named); ok {
		for _, name := range n.Names() {
			if _, ok := c.plan.Topology.Node(name); !ok {
				c.add(at+".with", fmt.Sprintf("unknown node %q", name), name, named(c.plan.Topology.Nodes)...)
			}
		}
	}
	c.early(at, step, fault)
	p, ok := fault.(faults.Particular)
	if !ok {
		return
	}
	for _, a := range step.Targets {
		if err := p.Check(Target(c.plan.Topology, a)); err != nil {
			c.add(at, fmt.Sprintf("fault %q on %s: %v", step.Kind.ID, a.Name, err), "")
		}
	}
}

// early refuses work ahead of a step that cannot be timed, or that would have to
// be done before the load begins.
func (c *compiler) early(at string, step Step, fault faults.Fault) {
	p, ok := fault.(faults.Preparer)
	if !ok || p.Ahead() == 0 {
		return
	}
	most := time.Duration(c.plan.Scenario.Phases.Baseline) + step.At
	switch {
	case len(step.After) > 0 || step.When != nil:
		c.add(at+".with", fmt.Sprintf("fault %q has work to do %v ahead, and a step with `after:` or `when:` has no time of its own: give it an `at:` alone, or name the start of the drill", step.Kind.ID, p.Ahead()), "")
	case p.Ahead() > most:
		c.add(at+".with", fmt.Sprintf("fault %q has work to do %v ahead, which is before the first message: at most %v, or name the start of the drill", step.Kind.ID, p.Ahead(), most), "")
	}
}
