package scenarios

import (
	"fmt"
	"slices"
)

// checkReferences checks what the scenario says about nodes against the
// topology that it stands on.
func (d *Document) checkReferences(t *Topology) {
	s := *d.Scenario
	s.Fill()
	names := t.names()
	var links []string
	for _, l := range t.Links {
		links = append(links, l.Name)
	}
	for i, step := range s.Timeline {
		valid := names
		if step.Action == "" {
			valid = slices.Concat(names, links, t.sites())
		}
		for _, name := range step.On {
			if name != "" && !slices.Contains(valid, name) {
				d.wrong(item("timeline", i)+".on", fmt.Sprintf("unknown node %q", name), name, valid...)
			}
		}
	}
	d.checkEntry(s.Workload.Entry, t)
	if slices.Contains(s.Workload.Views, "via_relay") && !t.hasRole("relay") {
		d.wrong("workload.views", "mail goes via_relay, but no node has the role relay", "via_relay")
	}
}

// sites lists where nodes stand, each once.
func (t *Topology) sites() []string {
	var sites []string
	for _, n := range t.Nodes {
		if n.Site != "" && !slices.Contains(sites, n.Site) {
			sites = append(sites, n.Site)
		}
	}
	return sites
}

// checkEntry: mail enters at nodes whose role is the entry, and finds them by
// the records of the mail domain (RFC 5321, section 5.1), which are never made
// up.
func (d *Document) checkEntry(entry string, t *Topology) {
	path := "workload.entry"
	if !d.has(path) {
		path = "topology"
	}
	if t.hasRole("") {
		return // a role that could not be read
	}
	if !t.hasRole(entry) {
		d.wrong(path, fmt.Sprintf("mail enters at %s, but no node has the role %s", entry, entry), "")
		return
	}
	if domain := t.mailDomain(); entry != "submission" && !t.routes(domain) {
		d.wrong(path, fmt.Sprintf("the topology has no MX record for %s, so mail finds no way in", domain), "")
	}
}

func (t *Topology) mailDomain() string {
	if t.Domain == "" {
		return "drill.test"
	}
	return t.Domain
}

// routes tells whether mail for the domain can find a host. Of a name server
// of the user's own nothing is known.
func (t *Topology) routes(domain string) bool {
	foreign := slices.ContainsFunc(t.Nodes, func(n Node) bool {
		return slices.Contains(n.Roles, "dns") && (n.Image != "" || n.Server == "custom")
	})
	return foreign || slices.ContainsFunc(t.Zones[domain], func(r Record) bool {
		return (r.Name == "" || r.Name == "@") && slices.Contains([]string{"MX", "A", "AAAA"}, r.Type)
	})
}
