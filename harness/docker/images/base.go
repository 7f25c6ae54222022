package images

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// upstream is the published image of the same system.
const upstream = "debian:bookworm-slim"

// registryLimit is how long a registry may take to answer at all. The transfer
// after that is not limited.
const registryLimit = 5 * time.Second

// EnsureBase makes sure of [Base] as [Ensure] does of the server images.
func EnsureBase(ctx context.Context, cli *client.Client, progress func(string)) error {
	if err := ensureBase(ctx, cli, progress); err != nil {
		return explain(err)
	}
	return nil
}

// ensureBase makes sure of Base: it is there, or upstream is, or a registry
// gives upstream, or it is made from Debian's packages.
func ensureBase(ctx context.Context, cli *client.Client, progress func(string)) error {
	if _, found, err := find(ctx, cli, Base); found || err != nil {
		return err
	}
	_, found, err := find(ctx, cli, upstream)
	if err != nil {
		return err
	}
	if !found {
		progress("pulling " + upstream)
		err = pull(ctx, cli)
	}
	if err == nil {
		if err := cli.ImageTag(ctx, upstream, Base); err != nil {
			return fmt.Errorf("tag %s as %s: %w", upstream, Base, err)
		}
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	progress(fmt.Sprintf("no registry gives %s (%v); making it from Debian's packages", upstream, err))
	return bootstrap(ctx, cli, progress)
}

// pull fetches upstream. The engine answers as soon as the registry does, so
// that silence can be told from a slow transfer.
func pull(ctx context.Context, cli *client.Client) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := time.AfterFunc(registryLimit, func() {
		cancel(fmt.Errorf("no answer within %v", registryLimit))
	})
	stream, err := cli.ImagePull(ctx, upstream, image.PullOptions{})
	patience.Stop()
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	if err != nil {
		return err
	}
	defer stream.Close()
	return follow(stream, func(string) {})
}
