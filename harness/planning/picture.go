package planning

import (
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// Picture is the topology of a plan as a picture shows it: its nodes, and the ways
// that mail takes between them.
func Picture(p *Plan) *record.Topology {
	t := p.Topology
	out := &record.Topology{Name: t.Name, Title: t.Title}
	for _, n := range t.Nodes {
		node := record.TopologyNode{Name: n.Name, Server: n.Server, Site: n.Site}
		for _, r := range n.Roles {
			node.Roles = append(node.Roles, string(r))
		}
		out.Nodes = append(out.Nodes, node)
	}
	d := pathways{topology: t, out: out}
	for _, l := range t.Links {
		d.add(record.Path{From: l.From, To: l.To, Service: string(l.Service), Link: l.Name})
	}
	d.arrivals(p)
	for _, n := range t.Nodes {
		d.onward(n)
	}
	return out
}

// pathways collects paths, each pair of nodes once for a service.
type pathways struct {
	topology topology.Topology
	out      *record.Topology
}

func (d *pathways) add(p record.Path) {
	if p.From == p.To || p.To == "" {
		return
	}
	for i, known := range d.out.Paths {
		if known.From == p.From && known.To == p.To && known.Service == p.Service {
			if known.Note == "" {
				d.out.Paths[i].Note = p.Note
			}
			return
		}
	}
	d.out.Paths = append(d.out.Paths, p)
}

// arrivals are where mail and the programs of users come in.
func (d *pathways) arrivals(p *Plan) {
	outside := d.topology.WithRole(topology.Outside)
	if len(outside) == 0 {
		return
	}
	w, from := p.Scenario.Workload, outside[0].Name
	relays := d.topology.WithRole(topology.Relay)
	for _, mx := range d.exchangers() {
		if w.Entry != "relay" {
			d.add(record.Path{From: from, To: mx.node, Service: "smtp", Note: "MX " + mx.preference})
		}
		for _, r := range relays {
			if w.Entry == "relay" || slices.Contains(w.Views, "via_relay") {
				d.add(record.Path{From: from, To: r.Name, Service: "smtp"})
				d.add(record.Path{From: r.Name, To: mx.node, Service: "smtp", Note: "MX " + mx.preference})
			}
		}
	}
	for _, to := range []struct{ host, service string }{{d.topology.Submits(), "submission"}, {d.topology.Access.IMAP, "imap"}} {
		d.add(record.Path{From: from, To: d.nodeOf(to.host), Service: to.service})
	}
}

// onward are the ways on from a node: to its store, and of a backup MX to those
// before it.
func (d *pathways) onward(n topology.Node) {
	if len(n.Mail.Domains) > 0 {
		d.add(record.Path{From: n.Name, To: n.Mail.DeliverTo, Service: "lmtp"})
	}
	if !slices.Contains(n.Mail.RelayDomains, d.topology.MailDomain) {
		return
	}
	for _, mx := range d.exchangers() {
		if mx.node == n.Name {
			break // those behind it are as far away as itself
		}
		d.add(record.Path{From: n.Name, To: mx.node, Service: "smtp"})
	}
}

type exchanger struct{ node, preference string }

// exchangers are the nodes that the MX records of the mail domain lead to, the
// preferred first.
func (d *pathways) exchangers() (all []exchanger) {
	for _, z := range d.topology.Zones {
		if z.Name != d.topology.MailDomain {
			continue
		}
		for _, r := range z.Records {
			preference, host, ok := strings.Cut(r.Value, " ")
			if node := d.nodeOf(strings.TrimSuffix(strings.TrimSpace(host), ".")); ok && r.Type == "MX" && r.Name == "@" && node != "" {
				all = append(all, exchanger{node, preference})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b exchanger) int { return number(a.preference) - number(b.preference) })
	return all
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // what is no number, the name server refuses
	return n
}

// nodeOf finds a node by its name or its host, or by an address record that
// leads to it.
func (d *pathways) nodeOf(host string) string {
	for _, n := range d.topology.Nodes {
		if n.Name == host || n.Host == host {
			return n.Name
		}
	}
	for _, z := range d.topology.Zones {
		for _, r := range z.Records {
			if r.Node != "" && r.Name+"."+z.Name == host {
				return r.Node
			}
		}
	}
	return ""
}
