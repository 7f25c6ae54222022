package docker

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/docker/servers"
	"maildrill/harness/topology"
)

// layout is a topology with everything decided that the engine must be told.
type layout struct {
	topology  topology.Topology
	run       string
	network   subnet
	addresses topology.Addresses
	nodes     []planned
}

// planned is one node as containers.
type planned struct {
	topology.Node
	container string // name of the container with the server
	holder    string // name of the namespace holder; "": the server has its own
	role      string // of our own binary: agent.DNS or agent.Outside; "": a mail server
	addresses []netip.Addr
	server    servers.Container // of a mail server
	disks     map[string]string // volumes on devices of their own: mount points by name
}

// host numbers within the network. Number 1 is the engine's bridge.
const (
	firstHost = 2
	lastHost  = 254
)

// lay decides names, addresses and configuration. faulted as in
// topology.Options: nil means every mail server gets a holder.
func lay(t topology.Topology, run string, faulted []string, s subnet) (layout, error) {
	if len(t.Nodes) > lastHost-firstHost+1 {
		return layout{}, fmt.Errorf("topology %s: %d nodes are too many for one network", t.Name, len(t.Nodes))
	}
	l := layout{topology: t, run: run, network: s, addresses: topology.Addresses{}}
	for i, n := range t.Nodes {
		l.addresses[n.Name] = s.host(firstHost + i)
		if len(n.At) > 0 {
			l.addresses[n.Name] = n.At
		}
	}
	for _, n := range t.Nodes {
		p, err := l.plan(n, faulted)
		if err != nil {
			return layout{}, err
		}
		l.nodes = append(l.nodes, p)
	}
	return l, nil
}

func (l layout) plan(n topology.Node, faulted []string) (planned, error) {
	if n.Defects != nil {
		return planned{}, fmt.Errorf("node %s: planted defects need the embedded runtime", n.Name)
	}
	p := planned{Node: n, container: objectName(l.run, n.Name), role: roleOf(n), addresses: l.addresses[n.Name]}
	if n.Attached != "" {
		p.container = n.Attached
	}
	if held(n, p.role, faulted) {
		p.holder = p.container + ".net"
	}
	if p.role != "" {
		return p, nil
	}
	var err error
	if p.disks, err = disksOf(n); err != nil {
		return planned{}, fmt.Errorf("node %s: %w", n.Name, err)
	}
	if p.server, err = servers.Render(l.topology, n, l.addresses); err != nil {
		return planned{}, fmt.Errorf("node %s: %w", n.Name, err)
	}
	return p, nil
}

// held tells whether the node gets a namespace holder: what is to be killed, and what
// is started again by somebody else, and would come back without the drill's network.
// The outside node never does: it is an instrument, and not killed.
func held(n topology.Node, role string, faulted []string) bool {
	if n.Attached != "" {
		return false
	}
	if faulted == nil {
		return role == ""
	}
	return role != agent.Outside && (n.Standby || n.Supervised || slices.Contains(faulted, n.Name))
}

func roleOf(n topology.Node) string {
	switch n.Server {
	case "dns":
		return agent.DNS
	case "outside":
		return agent.Outside
	}
	return ""
}

// find gives the planned node that has the role of our own binary.
func (l layout) find(role string) (planned, bool) {
	i := slices.IndexFunc(l.nodes, func(p planned) bool { return p.role == role })
	if i < 0 {
		return planned{}, false
	}
	return l.nodes[i], true
}

// resolver is the resolv.conf(5) of every node: the drill's name server and no
// other, asked again soon, because a drill kills name servers too.
func (l layout) resolver() string {
	dns, ok := l.find(agent.DNS)
	if !ok {
		return ""
	}
	return fmt.Sprintf("nameserver %s\noptions timeout:1 attempts:2\n", dns.addresses[0])
}

func (l layout) keeperNodes() map[string]keeper.Node {
	nodes := map[string]keeper.Node{}
	for _, p := range l.nodes {
		nodes[p.Name] = keeper.Node{Container: p.container, Holder: p.holder, Disks: p.disks, Files: slices.Sorted(maps.Keys(p.server.Files))}
	}
	return nodes
}

// containers gives what each mail server's container is made of.
func (l layout) containers() map[string]servers.Container {
	made := map[string]servers.Container{}
	for _, p := range l.nodes {
		if p.role == "" {
			made[p.Name] = p.server
		}
	}
	return made
}

// kinds lists the server images that the layout needs, each once.
func (l layout) kinds() []string {
	var kinds []string
	if l.hasDisks() {
		kinds = append(kinds, l.formatter())
	}
	for _, p := range l.nodes {
		if kind := p.server.ImageKind; p.role == "" && p.server.Image == "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// objectName names an object on the engine so that people can tell runs apart.
func objectName(run string, parts ...string) string {
	name := strings.Join(append([]string{"maildrill", run}, parts...), "-")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, name)
}

func keeperName(run string) string { return objectName(run) + ".keeper" }
