package planning

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// ProbeUser owns the mailbox that canaries go to.
const ProbeUser = "probe"

// StoredUser, with a number, owns mail that was there before the drill and that
// nothing else is sent to.
const StoredUser = "stored"

const (
	defaultDomain = "drill.test"
	bounceDomain  = "bounce.test"
	password      = "drill"
	recordTTL     = 5 * time.Second
)

// ResolveTopology makes a topology ready to start without a scenario: names,
// ports, zones and a few mailboxes.
func ResolveTopology(t *scenarios.Topology, clock string, mailboxes int) topology.Topology {
	s := scenarios.Scenario{Clock: clock, Workload: scenarios.Workload{Mailboxes: mailboxes}}
	return resolveTopology(t, s)
}

// resolveTopology fills in all that a file may leave out: hosts, servers,
// ports, readiness, the name server, the vantage and the zones.
func resolveTopology(in *scenarios.Topology, s scenarios.Scenario) topology.Topology {
	t := topology.Topology{
		Name: in.Metadata.Name, Title: in.Metadata.Title,
		Clock: topology.Clock(s.Clock), IPv6: in.IPv6, Access: topology.Access(in.Access),
		MailDomain: orElse(in.Domain, defaultDomain), BounceDomain: bounceDomain,
	}
	for _, n := range in.Nodes {
		t.Nodes = append(t.Nodes, resolveNode(n, t.MailDomain))
	}
	t.Nodes = withImplicit(t.Nodes, t.MailDomain)
	for _, l := range in.Links {
		t.Links = append(t.Links, topology.Link{Name: l.Name, From: l.From, To: l.To, Service: topology.Service(l.Service)})
	}
	t.Zones = resolveZones(in.Zones, t)
	t.Accounts = accounts(t.MailDomain, s.Workload)
	return t
}

// withImplicit adds the name server and the vantage where the file has none.
func withImplicit(nodes []topology.Node, domain string) []topology.Node {
	for _, r := range []topology.Role{topology.DNS, topology.Outside} {
		has := slices.ContainsFunc(nodes, func(n topology.Node) bool { return n.Has(r) })
		if !has {
			name := map[topology.Role]string{topology.DNS: "dns1", topology.Outside: "outside"}[r]
			nodes = append(nodes, resolveNode(scenarios.Node{Name: name, Roles: []string{string(r)}}, domain))
		}
	}
	return nodes
}

func resolveNode(n scenarios.Node, domain string) topology.Node {
	out := topology.Node{
		Name: n.Name, Site: n.Site, Release: n.Release, Image: n.Image, Command: n.Command, Env: n.Env,
		Settings: n.Settings, Files: n.Files, Certificates: n.Certificates, Supervised: n.Supervised, Standby: n.Standby,
		Attached: n.Attached, Queue: n.Queue, QueueCommand: n.QueueCommand, QueuePath: n.QueuePath, StorePath: n.StorePath, Accounts: n.Accounts, RemoveAccounts: n.RemoveAccounts,
		Host:     orElse(n.Host, n.Name+"."+domain),
		Mail:     topology.Mail(n.Mail),
		Services: map[topology.Service]int{},
	}
	for _, r := range n.Roles {
		out.Roles = append(out.Roles, topology.Role(r))
	}
	if n.Build != nil {
		out.Build = (*topology.Build)(n.Build)
	}
	if n.Container != nil {
		out.Container = topology.Container(*n.Container)
	}
	out.Server = orElse(n.Server, defaultServer(out))
	for _, v := range n.Volumes {
		out.Volumes = append(out.Volumes, topology.Volume{Name: v.Name, Path: orElse(v.Path, out.StatePath(v.Name)), Size: int64(v.Size), Type: v.Type, Options: v.Options, Shared: v.Shared, From: v.From})
	}
	resolveServices(n, &out)
	for _, s := range out.Runs() {
		out.Queue = orElse(out.Queue, s.Queue)
	}
	if d := n.Defects; d != nil {
		out.Defects = &topology.Defects{Lose: d.Lose, Duplicate: d.Duplicate, Corrupt: d.Corrupt,
			Delay: time.Duration(d.Delay), FalseDSN: d.FalseDSN}
		for _, t := range d.LoseWhile {
			out.Defects.LoseWhile = append(out.Defects.LoseWhile, topology.Trouble(t))
		}
	}
	return out
}

func defaultServer(n topology.Node) string {
	mta := n.Has(topology.MX) || n.Has(topology.Submission) || n.Has(topology.Relay)
	switch {
	case n.Image != "" || n.Build != nil || n.Attached != "":
		return "custom"
	case n.Has(topology.DNS):
		return "dns"
	case n.Has(topology.Outside):
		return "outside"
	case mta && n.Has(topology.Store):
		return "postfix+dovecot"
	case mta:
		return "postfix"
	case n.Has(topology.Store):
		return "dovecot"
	case n.Has(topology.Balancer):
		return "haproxy"
	}
	return "custom"
}

// roleServices are the ports that a role opens, the one that proves readiness
// first, with the greeting to expect there.
var roleServices = []struct {
	role     topology.Role
	services []topology.Service
	greeting string
}{
	{topology.Store, []topology.Service{topology.IMAP, topology.LMTP, topology.POP3}, "* OK"},
	{topology.MX, []topology.Service{topology.SMTP}, "220"},
	{topology.Relay, []topology.Service{topology.SMTP}, "220"},
	{topology.Submission, []topology.Service{topology.MSA}, "220"},
	{topology.DNS, []topology.Service{topology.Domain}, ""},
}

// serverServices are the ports of servers that take no part in the mail flow. They
// do not greet.
var serverServices = map[string]topology.Service{"directory": topology.LDAP, "filter": topology.Milter, "rspamd": topology.Milter, "monitor": topology.Prometheus, "backup": topology.Restic}

func resolveServices(n scenarios.Node, out *topology.Node) {
	for name, port := range n.Services {
		out.Services[topology.Service(name)] = port
	}
	for _, rs := range roleServices {
		if !out.Has(rs.role) {
			continue
		}
		for _, s := range rs.services {
			if _, given := out.Services[s]; !given && len(n.Services) == 0 {
				out.Services[s] = topology.DefaultPort[s]
			}
		}
		if _, offered := out.Services[rs.services[0]]; offered && out.Health.Service == "" {
			out.Health = topology.Health{Service: rs.services[0], Expect: rs.greeting}
		}
	}
	if s, ok := serverServices[out.Server]; ok {
		if _, given := out.Services[s]; !given && len(n.Services) == 0 {
			out.Services[s] = topology.DefaultPort[s]
		}
		out.Health = topology.Health{Service: s}
	}
	if n.Health != nil {
		out.Health = topology.Health{Service: topology.Service(n.Health.Service), Expect: n.Health.Expect,
			Timeout: time.Duration(n.Health.Timeout)}
	}
}

// resolveZones keeps the written records and adds the addresses of each node
// under its own host name, and the zone that bounces go to.
func resolveZones(in map[string][]scenarios.Record, t topology.Topology) []topology.Zone {
	zones := map[string][]topology.Record{t.MailDomain: nil, t.BounceDomain: nil}
	for zone, records := range in {
		for _, r := range records {
			ttl := time.Duration(r.TTL)
			if ttl == 0 {
				ttl = recordTTL
			}
			zones[zone] = append(zones[zone], topology.Record{Name: orElse(r.Name, "@"), Type: r.Type, TTL: ttl, Value: r.Value, Node: r.Node})
		}
	}
	outside := t.WithRole(topology.Outside)[0]
	zones[t.BounceDomain] = append(zones[t.BounceDomain],
		topology.Record{Name: "@", Type: "MX", TTL: recordTTL, Value: fmt.Sprintf("0 in.%s.", t.BounceDomain)},
		topology.Record{Name: "in", Type: "A", TTL: recordTTL, Node: outside.Name},
		topology.Record{Name: "in", Type: "AAAA", TTL: recordTTL, Node: outside.Name})
	for _, n := range t.Nodes {
		addHost(zones, n)
	}
	var out []topology.Zone
	for name, records := range zones {
		out = append(out, topology.Zone{Name: name, Records: records})
	}
	slices.SortFunc(out, func(a, b topology.Zone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// addHost puts the node's addresses into the longest zone its host is in.
func addHost(zones map[string][]topology.Record, n topology.Node) {
	best := ""
	for zone := range zones {
		if strings.HasSuffix(n.Host, "."+zone) && len(zone) > len(best) {
			best = zone
		}
	}
	if best == "" {
		return
	}
	name := strings.TrimSuffix(n.Host, "."+best)
	given := slices.ContainsFunc(zones[best], func(r topology.Record) bool {
		return r.Name == name && (r.Type == "A" || r.Type == "AAAA")
	})
	if given {
		return
	}
	for _, typ := range []string{"A", "AAAA"} {
		zones[best] = append(zones[best], topology.Record{Name: name, Type: typ, TTL: recordTTL, Node: n.Name})
	}
}

// accounts are those of the workload, then those of stored mail, last the
// probe's.
func accounts(domain string, w scenarios.Workload) []topology.Account {
	var list []topology.Account
	add := func(user string) {
		address := user + "@" + domain
		list = append(list, topology.Account{Address: address, User: address, Password: password})
	}
	for i := 1; i <= w.Mailboxes; i++ {
		add(fmt.Sprintf("u%d", i))
	}
	if w.Stored != nil {
		for i := 1; i <= w.Stored.Accounts; i++ {
			add(fmt.Sprintf("%s%d", StoredUser, i))
		}
	}
	add(ProbeUser)
	return list
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
