package docker

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"

	"maildrill/harness/topology"
)

// allowLabel is what the owner of a container says of it before a drill may touch it.
const allowLabel = "maildrill.allow"

// lookupLimit bounds the question whether a domain is one of the real world.
const lookupLimit = 3 * time.Second

// locate finds where the containers of somebody's own are, and in which networks. t is
// changed.
func locate(ctx context.Context, cli *client.Client, t topology.Topology) (topology.Topology, []string, error) {
	if !t.IsAttached() {
		return t, nil, nil
	}
	var networks []string
	t.Nodes = slices.Clone(t.Nodes)
	for i, n := range t.Nodes {
		if n.Attached == "" {
			continue
		}
		c, err := cli.ContainerInspect(ctx, n.Attached)
		if err != nil {
			return t, nil, missingContainer(n, err)
		}
		for name, e := range c.NetworkSettings.Networks {
			if a, err := netip.ParseAddr(e.IPAddress); err == nil {
				t.Nodes[i].At = append(t.Nodes[i].At, a)
				networks = append(networks, name)
			}
		}
		if len(t.Nodes[i].At) == 0 {
			return t, nil, &topology.Unavailable{Err: fmt.Errorf("node %s: the container %s has no address", n.Name, n.Attached), Remedy: "start it in a network of its own (not that of the host, nor of another container)"}
		}
	}
	slices.Sort(networks)
	return t, slices.Compact(networks), nil
}

func missingContainer(n topology.Node, err error) error {
	return &topology.Unavailable{Err: fmt.Errorf("node %s: %w", n.Name, err), Remedy: "start the stack first, and let `maildrill attach` find it again"}
}

// enter lets the vantage into the networks of what the drill is attached to. Nothing of
// these is changed.
func (b *build) enter(ctx context.Context, p planned) error {
	for _, name := range b.theirs {
		if err := b.cli.NetworkConnect(ctx, name, p.container, nil); err != nil {
			return fmt.Errorf("enter the network %s: %w", name, err)
		}
	}
	return nil
}

// Live says why the containers that a topology is attached to look like what people
// use; empty: they do not.
func Live(ctx context.Context, t topology.Topology) ([]string, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	return live(ctx, cli, t, net.DefaultResolver.LookupHost)
}

// lookup asks the resolver of this host.
type lookup func(ctx context.Context, host string) ([]string, error)

func live(ctx context.Context, cli *client.Client, t topology.Topology, ask lookup) (why []string, err error) {
	names := []string{t.MailDomain}
	for _, n := range t.Nodes {
		if n.Attached == "" {
			continue
		}
		c, err := cli.ContainerInspect(ctx, n.Attached)
		if err != nil {
			return nil, missingContainer(n, err)
		}
		why = append(why, looksLive(n.Name, c)...)
		names = append(names, n.Host)
	}
	return append(why, resolved(ctx, names, ask)...), nil
}

// mailPorts are those that the world comes to, and users.
var mailPorts = []int{25, 465, 587, 143, 993, 110, 995}

// looksLive looks at one container.
func looksLive(node string, c container.InspectResponse) (why []string) {
	if c.Config.Labels[allowLabel] != "true" {
		why = append(why, fmt.Sprintf("%s (container %s) has no label %s=true, by which its owner allows drills", node, strings.TrimPrefix(c.Name, "/"), allowLabel))
	}
	if c.State == nil || !c.State.Running {
		why = append(why, node+" does not run")
	}
	for port, bindings := range c.HostConfig.PortBindings {
		for _, b := range bindings {
			address, err := netip.ParseAddr(b.HostIP)
			if slices.Contains(mailPorts, port.Int()) && (err != nil || !address.IsLoopback()) {
				why = append(why, fmt.Sprintf("%s publishes port %s to more than this host", node, port.Port()))
			}
		}
	}
	slices.Sort(why)
	return slices.Compact(why)
}

// reserved are the names that no real host has (RFC 2606, RFC 6761).
var reserved = []string{"test", "example", "invalid", "localhost"}

// resolved finds names that the world knows.
func resolved(ctx context.Context, names []string, ask lookup) (why []string) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == "" || slices.Contains(reserved, name[strings.LastIndexByte(name, '.')+1:]) {
			continue
		}
		if found, err := ask(ctx, name+"."); err == nil && len(found) > 0 {
			why = append(why, fmt.Sprintf("%s is a host of the real world (%s)", name, found[0]))
		}
	}
	return why
}

// refuseLive refuses to start on what looks live, whoever has been asked before.
func (b *build) refuseLive(ctx context.Context) error {
	if !b.layout.topology.IsAttached() {
		return nil
	}
	why, err := live(ctx, b.cli, b.layout.topology, net.DefaultResolver.LookupHost)
	if err == nil && len(why) > 0 {
		err = &topology.Unavailable{Err: fmt.Errorf("what the drill would attach to looks live: %s", strings.Join(why, "; ")),
			Remedy: "drill on a copy: `maildrill init NAME --compose FILE`"}
	}
	return err
}
