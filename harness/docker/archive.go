package docker

import (
	"context"
	"io"

	"maildrill/harness/docker/images"
)

// BuildImages makes the images of the kinds afresh, or all of them if none is
// named, and tells of each. A kind may be of another release of Debian:
// "postfix:trixie".
func BuildImages(ctx context.Context, kinds []string, progress func(string)) (map[string]images.Image, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	if len(kinds) == 0 {
		kinds = images.Kinds()
	}
	return images.Build(ctx, cli, kinds, progress)
}

// ListImages gives the server images that the engine has.
func ListImages(ctx context.Context) ([]images.Image, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	return images.List(ctx, cli)
}

// SaveImages writes the server images as one archive with a digest lock.
// Images that are missing are made first.
func SaveImages(ctx context.Context, w io.Writer, progress func(string)) error {
	cli, _, err := connect(ctx)
	if err != nil {
		return err
	}
	defer cli.Close()
	if _, err := images.Ensure(ctx, cli, images.Kinds(), progress); err != nil {
		return err
	}
	return images.Save(ctx, cli, w)
}

// ImagesKey names what the server images are made by: as long as it is the same,
// so are they, but for what Debian has mended since. It asks no engine.
func ImagesKey() string { return images.Key() }

// LoadImages reads an archive, and refuses one that does not fit its lock.
func LoadImages(ctx context.Context, r io.Reader) error {
	cli, _, err := connect(ctx)
	if err != nil {
		return err
	}
	defer cli.Close()
	return images.Load(ctx, cli, r)
}
