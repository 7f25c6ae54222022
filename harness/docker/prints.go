package docker

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"

	"maildrill/harness/topology"
)

// prints are digests of what the engine says of somebody's own containers, networks
// and volumes, by their names: without what changes by itself, and without the drill's
// own network.
type prints map[string]string

// takePrints looks at all that a topology is attached to.
func takePrints(ctx context.Context, cli *client.Client, t topology.Topology, own string) (prints, error) {
	p := prints{}
	for _, n := range t.Nodes {
		if n.Attached == "" {
			continue
		}
		c, err := cli.ContainerInspect(ctx, n.Attached)
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", n.Attached, err)
		}
		networks := map[string]any{}
		for name, e := range c.NetworkSettings.Networks {
			if name == own {
				continue
			}
			networks[name] = []any{e.Aliases, e.IPAMConfig, e.NetworkID}
			if err := p.network(ctx, cli, e.NetworkID); err != nil {
				return nil, err
			}
		}
		running := c.State != nil && c.State.Running && !c.State.Paused
		p.take("container "+n.Attached, []any{c.ID, c.Image, c.Config, c.HostConfig, c.Mounts, networks, running})
		for _, m := range c.Mounts {
			if m.Name == "" {
				continue
			}
			v, err := cli.VolumeInspect(ctx, m.Name)
			if err != nil {
				return nil, fmt.Errorf("look at the volume %s: %w", m.Name, err)
			}
			// Not CreatedAt: it is when something was last put into its folder.
			p.take("volume "+m.Name, []any{v.Driver, v.Labels, v.Options, v.Mountpoint, v.Scope})
		}
	}
	return p, nil
}

func (p prints) network(ctx context.Context, cli *client.Client, id string) error {
	n, err := cli.NetworkInspect(ctx, id, network.InspectOptions{})
	if err != nil {
		return fmt.Errorf("look at a network: %w", err)
	}
	p.take("network "+n.Name, []any{n.ID, n.Driver, n.IPAM, n.Internal, n.Options, n.Labels, slices.Sorted(maps.Keys(n.Containers))})
	return nil
}

func (p prints) take(name string, what any) {
	text, err := json.Marshal(what)
	if err != nil {
		text = []byte(err.Error())
	}
	p[name] = fmt.Sprintf("%x", sha256.Sum256(text))
}

// asBefore says what of somebody's own is not as it was.
func (s *System) asBefore(ctx context.Context) error {
	if len(s.prints) == 0 {
		return nil
	}
	now, err := takePrints(ctx, s.cli, s.layout.topology, objectName(s.run))
	if err != nil {
		return err
	}
	var changed []error
	for _, name := range slices.Sorted(maps.Keys(s.prints)) {
		if now[name] != s.prints[name] {
			changed = append(changed, fmt.Errorf("%s is not as it was before the drill", name))
		}
	}
	return errors.Join(changed...)
}

// detach takes back what was done inside of containers that run on, once.
func (s *System) detach(ctx context.Context) error {
	if s.detached || !s.layout.topology.IsAttached() || s.keeper == nil {
		return nil
	}
	s.detached = true
	return s.unprovision(ctx)
}
