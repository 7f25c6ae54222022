package images

import (
	"context"
	"fmt"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// registryLimit is how long a registry may take to answer at all. The transfer
// after that is not limited.
const registryLimit = 5 * time.Second

// EnsureBase makes sure of [Base] as [Ensure] does of the server images.
func EnsureBase(ctx context.Context, cli *client.Client, progress func(string)) error {
	if err := ensureBase(ctx, cli, bookworm, progress); err != nil {
		return explain(err)
	}
	return nil
}

// ensureBase makes sure of the base of a release: it is there, or what is
// published of the same system, or a registry gives that, or it is made from
// Debian's packages.
func ensureBase(ctx context.Context, cli *client.Client, release string, progress func(string)) error {
	if _, found, err := find(ctx, cli, base(release)); found || err != nil {
		return err
	}
	upstream := upstream(release)
	_, found, err := find(ctx, cli, upstream)
	if err != nil {
		return err
	}
	if !found {
		progress("pulling " + upstream)
		err = pull(ctx, cli, upstream)
	}
	if err == nil {
		if err := cli.ImageTag(ctx, upstream, base(release)); err != nil {
			return fmt.Errorf("tag %s as %s: %w", upstream, base(release), err)
		}
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	progress(fmt.Sprintf("no registry gives %s (%v); making it from Debian's packages", upstream, err))
	return bootstrap(ctx, cli, release, progress)
}

// pull fetches an image. The engine answers as soon as the registry does, so
// that silence can be told from a slow transfer.
func pull(ctx context.Context, cli *client.Client, upstream string) error {
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
