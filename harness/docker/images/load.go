package images

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Load gives the engine the images of an archive that Save wrote. The archive
// is checked against its lock before the engine sees any of it; what does not
// match is refused. It needs room for a copy in the temporary directory.
func Load(ctx context.Context, cli *client.Client, r io.Reader) error {
	copied, locked, err := unbundle(r)
	if err != nil {
		return err
	}
	defer discard(copied)
	response, err := cli.ImageLoad(ctx, copied, client.ImageLoadWithQuiet(true))
	if err != nil {
		return fmt.Errorf("load images: %w", err)
	}
	defer response.Body.Close()
	if err := follow(response.Body, func(string) {}); err != nil {
		return fmt.Errorf("load images: %w", err)
	}
	for _, ref := range sorted(locked.Images, nil) {
		if err := arrived(ctx, cli, ref, locked.Images[ref]); err != nil {
			return err
		}
	}
	return nil
}

// unbundle unpacks the archive and checks it against its lock.
func unbundle(r io.Reader) (*os.File, lock, error) {
	var locked lock
	compressed, err := gzip.NewReader(r)
	if err != nil {
		return nil, locked, fmt.Errorf("this is no archive of images: %w", err)
	}
	files := tar.NewReader(compressed)
	if err := next(files, lockName); err != nil {
		return nil, locked, err
	}
	if err := json.NewDecoder(files).Decode(&locked); err != nil {
		return nil, locked, fmt.Errorf("read the lock: %w", err)
	}
	if err := next(files, imagesName); err != nil {
		return nil, locked, err
	}
	copied, sum, err := keep(files)
	if err != nil {
		return nil, locked, fmt.Errorf("read the images: %w", err)
	}
	held, err := identities(copied)
	if err == nil {
		err = locked.check(sum, held)
	}
	if err == nil {
		_, err = copied.Seek(0, io.SeekStart)
	}
	if err != nil {
		discard(copied)
		return nil, locked, err
	}
	return copied, locked, nil
}

func next(files *tar.Reader, name string) error {
	head, err := files.Next()
	if err == nil && head.Name != name {
		err = fmt.Errorf("found %s", head.Name)
	}
	if err != nil {
		return fmt.Errorf("this is no archive of images: %s is wanted: %w", name, err)
	}
	return nil
}

// arrived makes sure that the engine has the image now. Engines that keep
// images in containerd name them by another digest, which cannot be compared;
// what they were given is what was locked.
func arrived(ctx context.Context, cli *client.Client, ref, id string) error {
	i, err := cli.ImageInspect(ctx, ref)
	if err != nil {
		return fmt.Errorf("image %s was loaded but is not there: %w", ref, err)
	}
	if i.ID != id && i.Descriptor == nil {
		return fmt.Errorf("image %s is %s after loading, locked is %s", ref, i.ID, id)
	}
	return nil
}

// List gives the images that are there, ours only, each name once. Those of
// recipes that have changed since are among them.
func List(ctx context.Context, cli *client.Client) ([]Image, error) {
	found, err := cli.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", label+"="+labelValue))})
	if err != nil {
		return nil, fmt.Errorf("list images: %w", err)
	}
	var list []Image
	for _, i := range found {
		for _, ref := range i.RepoTags {
			list = append(list, Image{Ref: ref, ID: i.ID})
		}
	}
	return list, nil
}
