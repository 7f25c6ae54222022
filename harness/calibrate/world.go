package calibrate

import (
	"fmt"
	"time"

	"maildrill/harness/topology"
)

// Names of the known-truth system.
const (
	domain       = "drill.test"
	bounceDomain = "bounce.test"
	password     = "drill"
	stranger     = "u9@drill.test" // gets only what is misdelivered
	ttl          = 5 * time.Second
)

// world is the known-truth system: a mail exchanger and stores that lie, a name
// server, and the vantage. Mail is delivered to the first store.
func world(lies map[uint32]topology.Lie, veils ...*topology.Veil) topology.Topology {
	t := topology.Topology{Name: "known-truth", Clock: topology.Drill, MailDomain: domain, BounceDomain: bounceDomain}
	t.Nodes = []topology.Node{{
		Name: "mx1", Roles: []topology.Role{topology.MX}, Server: "postfix", Queue: "postfix",
		Services: ports(topology.SMTP), Health: topology.Health{Service: topology.SMTP, Expect: "220"},
		Mail: topology.Mail{Domains: []string{domain}, DeliverTo: "store1"}, Defects: &topology.Defects{Lies: lies},
	}}
	for i, v := range veils {
		t.Nodes = append(t.Nodes, topology.Node{
			Name: fmt.Sprintf("store%d", i+1), Roles: []topology.Role{topology.Store}, Server: "dovecot",
			Services: ports(topology.IMAP, topology.LMTP), Health: topology.Health{Service: topology.IMAP, Expect: "* OK"},
			Defects: &topology.Defects{Lies: lies, Veil: v},
		})
	}
	t.Nodes = append(t.Nodes,
		topology.Node{Name: "dns1", Roles: []topology.Role{topology.DNS}, Server: "dns", Services: ports(topology.Domain)},
		topology.Node{Name: "outside", Roles: []topology.Role{topology.Outside}, Server: "outside"})
	records := []topology.Record{{Name: "@", Type: "MX", TTL: ttl, Value: "10 mx1." + domain + "."}}
	for i, n := range t.Nodes {
		t.Nodes[i].Host = n.Name + "." + domain
		records = append(records, topology.Record{Name: n.Name, Type: "A", TTL: ttl, Node: n.Name})
	}
	t.Zones = []topology.Zone{{Name: domain, Records: records}, {Name: bounceDomain, Records: []topology.Record{
		{Name: "@", Type: "MX", TTL: ttl, Value: "0 in." + bounceDomain + "."},
		{Name: "in", Type: "A", TTL: ttl, Node: "outside"},
	}}}
	for i := range users {
		t.Accounts = append(t.Accounts, account(fmt.Sprintf("u%d@%s", i+1, domain)))
	}
	t.Accounts = append(t.Accounts, account(stranger), account("probe@"+domain))
	return t
}

func account(address string) topology.Account {
	return topology.Account{Address: address, User: address, Password: password}
}

func ports(names ...topology.Service) map[topology.Service]int {
	open := map[topology.Service]int{}
	for _, s := range names {
		open[s] = topology.DefaultPort[s]
	}
	return open
}
