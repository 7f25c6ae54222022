package docker

import (
	"context"
	"fmt"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/client"

	"maildrill/harness/agent"
	"maildrill/harness/docker/servers"
	"maildrill/harness/topology"
)

// mailRequest describes the container of a mail server.
func (b *build) mailRequest(p planned, devices map[string]string) request {
	r := request{
		name: p.container, image: b.imageOf(p), command: p.server.Command, env: p.server.Env,
		labels: labels(b.run, "mail"), own: p.server.Own,
		host:   container.HostConfig{NetworkMode: container.NetworkMode("container:" + p.holder)},
		filled: func(ctx context.Context, id string) error { return b.fill(ctx, id, p) },
	}
	if p.holder == "" {
		r.host, r.net, r.hostname = b.placed(), b.layout.endpoint(p), p.Host
	}
	r.host.CapAdd, r.host.CapDrop = p.server.Own.CapAdd, p.server.Own.CapDrop
	if p.server.Own.Init {
		r.host.Init = &p.server.Own.Init
	}
	if n := p.server.OpenFiles; n > 0 {
		r.host.Ulimits = []*container.Ulimit{{Name: "nofile", Soft: n, Hard: n}}
	}
	r.host.LogConfig = container.LogConfig{Type: "json-file"}
	r.host.Mounts, r.host.Tmpfs = b.mounts(p, devices), p.server.Tmpfs
	if p.Supervised {
		// The supervisor: it acts on every death but those ordered from the engine.
		r.host.RestartPolicy = container.RestartPolicy{Name: container.RestartPolicyUnlessStopped}
	}
	return r
}

// mounts are the node's volumes: labelled, and made with the container. Some
// are on devices.
func (b *build) mounts(p planned, devices map[string]string) []mount.Mount {
	var mounts []mount.Mount
	for _, v := range p.Volumes {
		o := &mount.VolumeOptions{Labels: labels(b.run, "volume")}
		if device := devices[v.Name]; device != "" {
			o = b.diskMount(device, v.Type, v.Options)
		}
		mounts = append(mounts, mount.Mount{
			Type: mount.TypeVolume, Source: b.volumeName(p, v), Target: v.Path, VolumeOptions: o,
		})
	}
	return mounts
}

// volumeName is what the engine calls a volume.
func (b *build) volumeName(p planned, v topology.Volume) string {
	if v.Shared {
		return objectName(b.run, "shared", v.Name)
	}
	return objectName(b.run, p.Name, v.Name)
}

// fill copies the node's files into its container, all at once.
func (b *build) fill(ctx context.Context, id string, p planned) error {
	return copyInto(ctx, b.cli, id, p.container, p.server.Files)
}

// copyInto writes files into a container, whose name is for the error.
func copyInto(ctx context.Context, cli *client.Client, id, name string, files map[string]servers.File) error {
	if len(files) == 0 {
		return nil
	}
	archive, err := pack(files)
	if err != nil {
		return err
	}
	if err := cli.CopyToContainer(ctx, id, "/", archive, container.CopyToContainerOptions{}); err != nil {
		return fmt.Errorf("copy files into %s: %w", name, err)
	}
	return nil
}

func (b *build) imageOf(p planned) string {
	if p.server.Image != "" {
		return p.server.Image
	}
	return b.images[p.server.ImageKind].Ref
}

// environment describes the run for its record.
func (b *build) environment(ctx context.Context, r *Runtime) map[string]string {
	env := map[string]string{
		"engine":         r.info.ServerVersion,
		"engine.api":     r.cli.ClientVersion(),
		"engine.id":      r.info.ID,
		"engine.kernel":  r.info.KernelVersion,
		"engine.storage": r.info.Driver,
		"image.agent":    b.agentImage.ID,
		"network":        b.layout.network.v4.String(),
		"clock":          string(b.layout.topology.Clock),
	}
	for _, p := range b.layout.nodes {
		env["address."+p.Name] = joinAddresses(p)
		for _, v := range p.Volumes {
			if v.From != "" {
				env["copy."+p.Name+"."+v.Name] = v.From
			}
		}
		if p.role == "" {
			env["image."+p.Name] = b.digest(ctx, p)
		}
	}
	return env
}

func joinAddresses(p planned) string {
	var texts []string
	for _, a := range p.addresses {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, " ")
}

// digest names the image that the node runs, by content.
func (b *build) digest(ctx context.Context, p planned) string {
	ref := b.imageOf(p)
	for _, i := range b.images {
		if i.Ref == ref {
			return ref + "@" + i.ID
		}
	}
	i, err := b.cli.ImageInspect(ctx, ref)
	if err != nil {
		return ref
	}
	return ref + "@" + i.ID
}

// healthOf is when the node counts as ready. The name server is ready when it
// takes connections.
func healthOf(p planned) topology.Health {
	switch p.role {
	case agent.DNS:
		return topology.Health{Service: topology.Domain}
	case agent.Outside:
		return topology.Health{}
	}
	return p.server.Health
}
