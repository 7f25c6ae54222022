package gameday

import (
	"slices"
	"strings"

	"maildrill/harness/gameday/channel"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// Radius is what the faults of a drill take away: the mail of its domain always,
// because that is what is drilled, the nodes that are aimed at, and the zones and
// the directory where their servers are.
func Radius(p *planning.Plan) channel.Radius {
	r := channel.Radius{Mail: []string{p.Topology.MailDomain}}
	for _, s := range p.Steps {
		if !s.IsFault() {
			continue
		}
		if strings.HasPrefix(s.Kind.ID, "dns.") {
			r.Zones = zones(p.Topology)
		}
		for _, t := range s.Targets {
			r = r.And(lost(p.Topology, t.Node))
		}
	}
	return r
}

func zones(t topology.Topology) []string {
	all := []string{t.MailDomain}
	for _, z := range t.Zones {
		all = append(all, z.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lost is what goes with a node.
func lost(t topology.Topology, name string) channel.Radius {
	i := slices.IndexFunc(t.Nodes, func(n topology.Node) bool { return n.Name == name })
	if i < 0 {
		return channel.Radius{}
	}
	n := t.Nodes[i]
	r := channel.Radius{Nodes: []string{n.Name, n.Host}}
	if n.Has(topology.DNS) {
		r.Zones = zones(t)
	}
	if n.Server == "directory" {
		r.Words = []string{"directory"}
	}
	return r
}
