package docker

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
)

var _ faults.Replacer = heldNode{}

// replaceLimit bounds the making of a node in place of another. It is not cut
// short by whoever waits for it: half a node is none.
const replaceLimit = time.Minute

// Replace implements faults.Replacer.
func (n heldNode) Replace(ctx context.Context, keepVolumes bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), replaceLimit)
	defer cancel()
	if err := n.system.remake(whole, n.system.operators.latest(n.planned), keepVolumes); err != nil {
		return fmt.Errorf("replace %s: %w", n.Name(), err)
	}
	return ctx.Err()
}

// Made implements faults.Replacer.
func (n heldNode) Made(ctx context.Context) (string, error) {
	c, err := n.system.cli.ContainerInspect(ctx, n.planned.container)
	if errdefs.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// remake makes a mail server's container anew from the plan. Whoever owns its
// network lives on, and so do its address and its rules.
func (b *build) remake(ctx context.Context, p planned, keepVolumes bool) error {
	if p.role != "" {
		return fmt.Errorf("it is one of the drill's own: %s", p.role)
	}
	err := b.cli.ContainerRemove(ctx, p.container, container.RemoveOptions{Force: true})
	if err != nil && !errdefs.IsNotFound(err) {
		return err
	}
	if !keepVolumes {
		for _, v := range p.Volumes {
			if v.Shared { // others have it too
				continue
			}
			if err := b.cli.VolumeRemove(ctx, b.volumeName(p, v), true); err != nil && !errdefs.IsNotFound(err) {
				return err
			}
		}
	}
	devices, err := b.system.keeper.Node(p.Name).Attach(ctx)
	if err != nil {
		return err
	}
	start, err := b.maker.create(ctx, b.mailRequest(p, devices))
	if err != nil {
		return err
	}
	return start(ctx)
}
