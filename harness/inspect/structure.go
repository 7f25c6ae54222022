package inspect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/topology"
)

const day = 24 * time.Hour

// longTTL is how long a record may be kept for before a move is planned around it.
const longTTL = time.Hour

// structureRules are about what there is one of, and how it is found.
var structureRules = []Rule{{
	ID: "one-mx", Risk: Outage, Drill: "no-backup-mx",
	Why:    "Senders come again for days, so that nothing is lost; but no mail comes in for as long as this host is down.",
	Remedy: "A second MX host, or two behind one address.",
	look:   alone(topology.MX, "no mail comes in"),
}, {
	ID: "one-store", Risk: Outage, Drill: "store-crash-unsupervised",
	Why:    "Nobody reads mail while it is down, and what comes in waits in the queue of the MX.",
	Remedy: "A second store that is kept like the first, and a practised way to promote it.",
	look:   alone(topology.Store, "nobody reads mail"),
}, {
	ID: "one-submission", Risk: Outage,
	Why:    "Programs of users do not queue: they show an error, at once.",
	Remedy: "A second host under the same name.",
	look:   alone(topology.Submission, "users cannot send"),
}, {
	ID: "one-balancer", Risk: Outage,
	Why:    "What makes two servers look like one is one itself.",
	Remedy: "A second balancer that takes the address over, or MX records that name the servers too.",
	look:   alone(topology.Balancer, "nobody reaches what is behind it"),
}, {
	ID: "one-directory", Risk: Outage, Drill: "directory-down-alone",
	Why:    "An MX that cannot ask who its recipients are takes no mail.",
	Remedy: "A replica that the MX knows, or a copy of the addresses on the MX.",
	look:   oneDirectory,
}, {
	ID: "one-site", Risk: Outage, Drill: "site-lost-nobody-decides",
	Why:    "Fire, flood and the electricity company take all hosts of a site together.",
	Remedy: "A host of that role elsewhere.",
	look:   oneSite,
}, {
	ID: "mx-leads-nowhere", Risk: Bounce, Drill: "dns-nxdomain-bounces",
	Why:    "A sender that finds no address for an MX host goes on to the next; without one it sends the mail back.",
	Remedy: "An address record for the host, or no MX record.",
	look:   mxNowhere,
}, {
	ID: "long-ttl", Risk: Delay, Drill: "mx-cutover-stale-ttl",
	Why:    "Others keep a record for as long as its TTL says, and go on to the old address after a move.",
	Remedy: "Shorten the TTL a TTL before anything is moved; or for ever, to some minutes.",
	look:   longTTLs,
}}

// alone finds a role that one host has.
func alone(role topology.Role, then string) func(system) []hit {
	return func(s system) []hit {
		hosts := s.Topology.Serving(role)
		if len(hosts) != 1 {
			return nil
		}
		return []hit{{hosts[0].Name, "", fmt.Sprintf("%s is the only %s: without it %s", hosts[0].Name, role, then)}}
	}
}

func oneDirectory(s system) []hit {
	var directories []string
	for _, n := range s.nodes {
		if n.Server == "directory" {
			directories = append(directories, n.Name)
		}
	}
	if len(directories) != 1 {
		return nil
	}
	return []hit{{directories[0], "", directories[0] + " is the only directory"}}
}

// oneSite finds roles that are at one of several sites only.
func oneSite(s system) (hits []hit) {
	at := func(nodes []topology.Node) (sites []string) {
		for _, n := range nodes {
			if n.Site != "" && !slices.Contains(sites, n.Site) {
				sites = append(sites, n.Site)
			}
		}
		return sites
	}
	if len(at(s.Topology.Nodes)) < 2 {
		return nil
	}
	for _, role := range []topology.Role{topology.MX, topology.Store, topology.Submission} {
		if sites := at(s.Topology.Serving(role)); len(sites) == 1 {
			hits = append(hits, hit{"", "", fmt.Sprintf("every %s is at site %s", role, sites[0])})
		}
	}
	return hits
}

// mxNowhere finds MX records whose host has no address in the zones that are known.
func mxNowhere(s system) (hits []hit) {
	for _, z := range s.Topology.Zones {
		for _, r := range z.Records {
			fields := strings.Fields(r.Value)
			if r.Type != "MX" || len(fields) != 2 || fields[1] == "." {
				continue
			}
			host := absolute(fields[1], z.Name)
			if inZones(s.Topology, host) && !resolves(s.Topology, host) {
				hits = append(hits, hit{"", "zone " + z.Name, fmt.Sprintf("the MX record %q leads to %s, which has no address", r.Value, host)})
			}
		}
	}
	return hits
}

func longTTLs(s system) (hits []hit) {
	for _, z := range s.Topology.Zones {
		for _, r := range z.Records {
			if slices.Contains([]string{"MX", "A", "AAAA", "CNAME"}, r.Type) && r.TTL > longTTL {
				hits = append(hits, hit{"", "zone " + z.Name, fmt.Sprintf("the %s record of %s may be kept for %v", r.Type, absolute(r.Name, z.Name), r.TTL)})
			}
		}
	}
	return hits
}

// absolute is a name of a zone without its last dot.
func absolute(name, zone string) string {
	zone = strings.TrimSuffix(zone, ".")
	switch {
	case name == "@" || name == "":
		return zone
	case strings.HasSuffix(name, "."):
		return strings.TrimSuffix(name, ".")
	}
	return name + "." + zone
}

func inZones(t topology.Topology, host string) bool {
	return slices.ContainsFunc(t.Zones, func(z topology.Zone) bool {
		zone := strings.TrimSuffix(z.Name, ".")
		return host == zone || strings.HasSuffix(host, "."+zone)
	})
}

// resolves tells whether a host is a node's, or has a record.
func resolves(t topology.Topology, host string) bool {
	if slices.ContainsFunc(t.Nodes, func(n topology.Node) bool { return n.Host == host }) {
		return true
	}
	for _, z := range t.Zones {
		for _, r := range z.Records {
			if slices.Contains([]string{"A", "AAAA"}, r.Type) && absolute(r.Name, z.Name) == host {
				return true
			}
		}
	}
	return false
}
