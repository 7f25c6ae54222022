package servers

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"maildrill/harness/topology"
)

const haproxyFile = "/etc/haproxy/haproxy.cfg"

// haproxyKnobs are parameters of HAProxy's checks (Configuration Manual, 5.2 and
// 4.2). Their production values are its defaults, where it has one. `check` is
// how a server proves itself alive: by what it says first, by its port alone, or
// not at all. `balance` is how one is chosen.
var haproxyKnobs = []knob{
	{Name: "inter", Drill: "1s", Production: "2s"},
	{Name: "fall", Drill: "2", Production: "3"},
	{Name: "rise", Drill: "1", Production: "2"},
	{Name: "timeout_connect", Drill: "3s", Production: "5s"},
	{Name: "timeout_check", Drill: "2s", Production: "2s"},
	{Name: "check", Drill: "greeting", Production: "greeting", Choices: []string{"greeting", "port", "none"}},
	{Name: "balance", Drill: "roundrobin", Production: "roundrobin", Choices: []string{"roundrobin", "leastconn", "source", "first"}},
}

// frontend is one service that is spread over other nodes.
type frontend struct {
	Name    topology.Service
	Port    int
	Greeted bool   // a server proves itself alive by a dialogue of SMTP
	Check   string // else by a greeting like this
	Servers []backend
}

// backend is one server. Proxied: it is told the client's address (PROXY
// protocol, version 2), on a port of its own; it is checked on the plain one.
type backend struct {
	Name, Address string
	CheckPort     int
	Proxied       bool
}

// addHAProxy spreads each service of the links that leave the node over the
// nodes that they lead to. Servers are given by address, which the drill keeps:
// HAProxy resolves names once, at its start.
func addHAProxy(c *Container, t topology.Topology, n topology.Node, addrs topology.Addresses) error {
	knobs, err := turned(haproxyKnobs, t, n)
	if err != nil {
		return err
	}
	if own, given := n.Files[haproxyFile]; given {
		c.Stats = strings.Contains(own, statsLine)
		return nil
	}
	frontends, err := frontendsOf(t, n, addrs)
	if err != nil {
		return err
	}
	text, err := fill("haproxy.cfg", map[string]any{"Frontends": frontends, "IPv6": t.IPv6, "Host": n.Host, "Stats": statsLine, "Knobs": knobs})
	c.Stats = true
	c.Files[haproxyFile] = File{Content: []byte(text)}
	return err
}

func frontendsOf(t topology.Topology, n topology.Node, addrs topology.Addresses) ([]*frontend, error) {
	var list []*frontend
	byName := map[topology.Service]*frontend{}
	for _, l := range t.Links {
		if l.From != n.Name {
			continue
		}
		to, ok := t.Node(l.To)
		if !ok || len(addrs[l.To]) == 0 {
			return nil, fmt.Errorf("link %s: no node %q", l.Name, l.To)
		}
		f := byName[l.Service]
		if f == nil {
			f = &frontend{Name: l.Service, Port: portNumber(n, l.Service), Greeted: l.Service == topology.SMTP, Check: checkOf(l.Service)}
			byName[l.Service] = f
			list = append(list, f)
		}
		if f.Port == 0 {
			return nil, fmt.Errorf("link %s: service %q has no port", l.Name, l.Service)
		}
		f.Servers = append(f.Servers, backendOf(to, l.Service, addrs[to.Name][0]))
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no link leaves it, so there is nothing to balance")
	}
	return list, nil
}

func backendOf(to topology.Node, s topology.Service, at netip.Addr) backend {
	b := backend{Name: to.Name, CheckPort: portNumber(to, s), Proxied: s == topology.SMTP && takesProxied(to)}
	port := b.CheckPort
	if b.Proxied {
		port = proxied(b.CheckPort)
	}
	b.Address = net.JoinHostPort(at.String(), strconv.Itoa(port))
	return b
}

// proxied is the port beside another one on which a server expects the PROXY
// protocol; there it says nothing to anybody who does not speak it.
func proxied(port int) int { return 10000 + port }

// takesProxied tells whether the node's Postfix is configured by us.
func takesProxied(n topology.Node) bool {
	_, own := n.Files[masterFile]
	return runs(n, "postfix") && !own
}

// balanced tells whether a balancer sends the node its SMTP connections.
func balanced(t topology.Topology, n topology.Node) bool {
	return slices.ContainsFunc(t.Links, func(l topology.Link) bool {
		from, ok := t.Node(l.From)
		return ok && from.Server == "haproxy" && l.To == n.Name && l.Service == topology.SMTP
	})
}

// portNumber is like port, for services that are written as numbers too.
func portNumber(n topology.Node, s topology.Service) int {
	if p := port(n, s); p != 0 {
		return p
	}
	p, err := strconv.Atoi(string(s))
	if err != nil {
		return 0
	}
	return p
}

// checkOf is the start of each service's greeting, as a regular expression.
func checkOf(s topology.Service) string {
	switch s {
	case topology.MSA, topology.LMTP:
		return "^220"
	case topology.IMAP:
		return `^\*\ OK`
	case topology.POP3:
		return `^\+OK`
	}
	return ""
}
