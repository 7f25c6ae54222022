package docker

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"golang.org/x/sync/errgroup"

	"maildrill/harness/topology"
)

// Where a helper has what is copied, and the volume that it is copied to.
const (
	cloned = "/cloned"
	into   = "/into"
)

// clone gives volumes what they begin with, before any node is started. What is
// copied is only read; if somebody writes there meanwhile, the copy is as after a
// crash.
func (b *build) clone(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	done := map[string]bool{}
	for _, p := range b.layout.nodes {
		for _, v := range p.Volumes {
			if name := b.volumeName(p, v); v.From != "" && !done[name] {
				done[name] = true
				b.options.Progress(fmt.Sprintf("copying %s for %s", v.From, p.Name))
				group.Go(func() error { return b.copyVolume(ctx, v.From, name) })
			}
		}
	}
	return group.Wait()
}

// copyVolume lets the engine itself read and write, by way of a container that has
// both mounted and never runs: owners, modes and times stay.
func (b *build) copyVolume(ctx context.Context, from, to string) error {
	source := mount.Mount{Type: mount.TypeVolume, Source: from, Target: cloned, ReadOnly: true}
	if path.IsAbs(from) {
		source.Type = mount.TypeBind
	} else if _, err := b.cli.VolumeInspect(ctx, from); err != nil { // else the engine would make an empty one
		return &topology.Unavailable{Err: fmt.Errorf("volume %s: %w", from, err), Remedy: "name a volume that the engine has (docker volume ls), or leave `from` out"}
	}
	dest := mount.Mount{Type: mount.TypeVolume, Source: to, Target: into, VolumeOptions: &mount.VolumeOptions{Labels: labels(b.run, "volume")}}
	helper := to + ".copy"
	_, err := b.cli.ContainerCreate(ctx, &container.Config{Image: b.agentImage.Ref, Labels: labels(b.run, "agent")},
		&container.HostConfig{NetworkMode: "none", Mounts: []mount.Mount{source, dest}}, nil, nil, helper)
	if err == nil {
		err = errors.Join(b.pour(ctx, helper), b.cli.ContainerRemove(context.WithoutCancel(ctx), helper, container.RemoveOptions{Force: true}))
	}
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

func (b *build) pour(ctx context.Context, helper string) error {
	content, _, err := b.cli.CopyFromContainer(ctx, helper, cloned+"/.")
	if err != nil {
		return err
	}
	defer content.Close()
	return b.cli.CopyToContainer(ctx, helper, into, content, container.CopyToContainerOptions{})
}
