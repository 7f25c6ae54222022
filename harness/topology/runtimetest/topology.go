package runtimetest

import (
	"fmt"
	"time"

	"maildrill/harness/topology"
)

// Domains of the system under test. The void domain is relayed and does not
// exist, so mail for it is bounced.
const (
	domain       = "drill.test"
	bounceDomain = "bounce.test"
	voidDomain   = "void.drill.test"
	password     = "drill"
)

// runID names a run so that no two of them meet.
func runID() string { return fmt.Sprintf("conformance-%x", time.Now().UnixNano()) }

// Topology is the system under test: one mail exchanger, one store, the name
// server and the vantage.
func Topology() topology.Topology {
	t := topology.Topology{
		Name: "conformance", Clock: topology.Drill, MailDomain: domain, BounceDomain: bounceDomain,
		Nodes: []topology.Node{mx(), store(),
			{Name: "dns1", Host: "dns1." + domain, Roles: []topology.Role{topology.DNS}, Server: "dns",
				Services: services(topology.Domain), Health: topology.Health{Service: topology.Domain}},
			{Name: "outside", Host: "outside." + domain, Roles: []topology.Role{topology.Outside}, Server: "outside"},
		},
		Zones: []topology.Zone{
			{Name: domain, Records: []topology.Record{
				{Name: "@", Type: "MX", TTL: ttl, Value: "10 mx1." + domain + "."},
				{Name: "mx1", Type: "A", TTL: ttl, Node: "mx1"},
				{Name: "store1", Type: "A", TTL: ttl, Node: "store1"},
				{Name: "dns1", Type: "A", TTL: ttl, Node: "dns1"},
				{Name: "outside", Type: "A", TTL: ttl, Node: "outside"},
			}},
			{Name: bounceDomain, Records: []topology.Record{
				{Name: "@", Type: "MX", TTL: ttl, Value: "0 in." + bounceDomain + "."},
				{Name: "in", Type: "A", TTL: ttl, Node: "outside"},
			}},
		},
	}
	for _, name := range []string{"u1", "u2"} {
		address := name + "@" + domain
		t.Accounts = append(t.Accounts, topology.Account{Address: address, User: address, Password: password})
	}
	return t
}

const ttl = 5 * time.Second

func mx() topology.Node {
	return topology.Node{
		Name: "mx1", Host: "mx1." + domain, Roles: []topology.Role{topology.MX}, Server: "postfix", Queue: "postfix",
		Services: services(topology.SMTP), Health: topology.Health{Service: topology.SMTP, Expect: "220"},
		Mail: topology.Mail{Domains: []string{domain}, DeliverTo: "store1", RelayDomains: []string{voidDomain}},
	}
}

func store() topology.Node {
	return topology.Node{
		Name: "store1", Host: "store1." + domain, Roles: []topology.Role{topology.Store}, Server: "dovecot",
		Services: services(topology.IMAP, topology.LMTP), Health: topology.Health{Service: topology.IMAP, Expect: "* OK"},
	}
}

func services(names ...topology.Service) map[topology.Service]int {
	ports := map[topology.Service]int{}
	for _, s := range names {
		ports[s] = topology.DefaultPort[s]
	}
	return ports
}
