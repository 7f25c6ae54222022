package servers

import (
	"fmt"
	"net"
	"strconv"

	"maildrill/harness/topology"
)

const haproxyFile = "/etc/haproxy/haproxy.cfg"

// frontend is one service that is spread over other nodes.
type frontend struct {
	Name    topology.Service
	Port    int
	Check   string // the dialogue that proves a server alive
	Servers []backend
}

type backend struct{ Name, Address string }

// addHAProxy spreads each service of the links that leave the node over the
// nodes that they lead to. Servers are given by address, which the drill keeps:
// HAProxy resolves names once, at its start.
func addHAProxy(c *Container, t topology.Topology, n topology.Node, addrs topology.Addresses) error {
	if len(n.Settings) > 0 {
		return fmt.Errorf("settings: haproxy takes none; give %s in files", haproxyFile)
	}
	if _, given := n.Files[haproxyFile]; given {
		return nil
	}
	frontends, err := frontendsOf(t, n, addrs)
	if err != nil {
		return err
	}
	text, err := fill("haproxy.cfg", map[string]any{"Frontends": frontends, "IPv6": t.IPv6, "Host": n.Host})
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
			f = &frontend{Name: l.Service, Port: portNumber(n, l.Service), Check: checkOf(l.Service)}
			byName[l.Service] = f
			list = append(list, f)
		}
		if f.Port == 0 {
			return nil, fmt.Errorf("link %s: service %q has no port", l.Name, l.Service)
		}
		f.Servers = append(f.Servers, backend{
			Name: to.Name, Address: net.JoinHostPort(addrs[to.Name][0].String(), strconv.Itoa(portNumber(to, l.Service))),
		})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no link leaves it, so there is nothing to balance")
	}
	return list, nil
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
	case topology.SMTP, topology.MSA, topology.LMTP:
		return "^220"
	case topology.IMAP:
		return `^\*\ OK`
	case topology.POP3:
		return `^\+OK`
	}
	return ""
}
