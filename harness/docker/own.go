package docker

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/network"

	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/sweep"
)

// own describes a container of our own binary.
type own struct {
	name   string
	kind   string // label
	role   string // of package agent
	config any    // JSON for agent.Env; nil: none
	host   container.HostConfig
	net    *network.NetworkingConfig
	// hostname is what the container calls itself.
	hostname string
	// session: standard input and output carry a session; the engine must not
	// log them.
	session bool
}

// create makes the container; starting it is the caller's.
func (b *build) create(ctx context.Context, o own) error {
	c := &container.Config{
		Image: b.agentImage.Ref, Cmd: []string{"agent", o.role},
		Labels: labels(b.run, o.kind), Hostname: o.hostname,
	}
	if o.config != nil {
		text, err := json.Marshal(o.config)
		if err != nil {
			return fmt.Errorf("configure %s: %w", o.name, err)
		}
		c.Env = []string{agent.Env + "=" + string(text)}
	}
	if o.session {
		c.OpenStdin, c.StdinOnce = true, true
		c.AttachStdin, c.AttachStdout, c.AttachStderr = true, true, true
		o.host.LogConfig = container.LogConfig{Type: "none"}
	}
	err := b.turns.take(ctx, func() error {
		_, err := b.cli.ContainerCreate(ctx, c, &o.host, o.net, nil, o.name)
		return err
	})
	if err != nil {
		return fmt.Errorf("create %s: %w", o.name, err)
	}
	return nil
}

func (b *build) start(ctx context.Context, name string) error {
	err := b.turns.take(ctx, func() error {
		return b.cli.ContainerStart(ctx, name, container.StartOptions{})
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	return nil
}

// powers are what the keeper needs: to enter network namespaces, to put rules
// into them, and to look into processes of others. It asks for no more: an
// engine that is itself confined cannot give a container all privileges.
var powers = []string{"SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"}

// keeper describes the run's keeper.
func (b *build) keeper(socket string, l layout) own {
	o := own{
		name: keeperName(b.run), kind: sweep.Keeper, role: agent.Keeper, session: true,
		config: keeper.Config{
			Run: b.run, Self: keeperName(b.run), Lease: b.options.Lease, Nodes: l.keeperNodes(),
		},
		host: container.HostConfig{
			NetworkMode: "none", PidMode: "host", UsernsMode: "host", CgroupnsMode: "host", CapAdd: powers,
			SecurityOpt: []string{"seccomp=unconfined", "apparmor=unconfined", "label=disable"},
			Binds:       []string{socket + ":" + agent.Socket},
			AutoRemove:  true,
		},
	}
	if l.hasDisks() {
		// A volume without a name, for the images: it goes with the keeper.
		o.host.Mounts = []mount.Mount{{
			Type: mount.TypeVolume, Target: keeper.Images,
			VolumeOptions: &mount.VolumeOptions{Labels: labels(b.run, sweep.Keeper)},
		}}
		o.host.CapAdd = append(slices.Clone(powers), "MKNOD")
		o.host.DeviceCgroupRules = loopRules
	}
	return o
}

// loopRules let the keeper make and use loop devices (loop(4)): block devices
// with the major number 7, and their control.
var loopRules = []string{"b 7:* rwm", "c 10:237 rwm"}

// holder describes the owner of a node's network namespace.
func (b *build) holder(p planned) own {
	return own{
		name: p.holder, kind: "agent", role: agent.Hold,
		host: b.placed(), net: b.layout.endpoint(p), hostname: p.Host,
	}
}

// ours describes a node that is our own binary: name server or vantage.
func (b *build) ours(p planned) own {
	o := own{name: p.container, kind: p.role, role: p.role, session: p.role == agent.Outside}
	if p.role == agent.DNS {
		o.config = agent.Names{Zones: b.layout.topology.Zones, Addresses: b.layout.addresses}
	}
	if p.holder != "" {
		o.host.NetworkMode = container.NetworkMode("container:" + p.holder)
		return o
	}
	o.host, o.net, o.hostname = b.placed(), b.layout.endpoint(p), p.Host
	return o
}

// roomToLog is how many messages wait in a Unix datagram socket. A new network
// namespace has 10 (unix(7)), hosts with systemd 512. Postfix' master(8) logs to
// such a socket, and it is master that starts who reads it: while that is being
// replaced by a reload, ten lines of busy servers fill the socket, master waits
// for a reader that only master could start, and the MX is dead for good.
var roomToLog = map[string]string{"net.unix.max_dgram_qlen": "512"}

// placed is the host configuration of what has an address of its own. The
// engine's resolver is told of the drill's name server too, for the moment
// until the keeper has written resolv.conf.
func (b *build) placed() container.HostConfig {
	h := container.HostConfig{NetworkMode: container.NetworkMode(objectName(b.run)), Sysctls: roomToLog}
	if dns, ok := b.layout.find(agent.DNS); ok {
		h.DNS = []string{dns.addresses[0].String()}
		h.DNSOptions = []string{"timeout:1", "attempts:2"}
	}
	return h
}
