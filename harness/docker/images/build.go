package images

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"maildrill/harness/topology"
)

// Ensure returns the images of the kinds, by kind, and builds those that are
// missing, which takes up to a minute each. progress is told of long work; nil
// is allowed. Errors name the step that failed.
func Ensure(ctx context.Context, cli *client.Client, kinds []string, progress func(string)) (map[string]Image, error) {
	return each(ctx, cli, kinds, progress, false)
}

// Build makes the images of the kinds afresh, with the packages of today, even
// if they are there.
func Build(ctx context.Context, cli *client.Client, kinds []string, progress func(string)) (map[string]Image, error) {
	return each(ctx, cli, kinds, progress, true)
}

func each(ctx context.Context, cli *client.Client, kinds []string, progress func(string), afresh bool) (map[string]Image, error) {
	if progress == nil {
		progress = func(string) {}
	}
	made := map[string]Image{}
	for _, kind := range kinds {
		i, err := one(ctx, cli, kind, progress, afresh)
		if err != nil {
			return nil, explain(fmt.Errorf("image of %s: %w", kind, err))
		}
		made[kind] = i
	}
	return made, nil
}

// explain says what helps where an image cannot be made. What failed may know
// better; else it is most often the way to the packages.
func explain(err error) error {
	if errors.As(err, new(*topology.Unavailable)) {
		return err
	}
	u := &topology.Unavailable{Err: err}
	if !errors.Is(err, context.Canceled) {
		u.Remedy = "let containers of the engine reach " + mirror + " during a build, or load what `maildrill images save` wrote on another machine (maildrill images load FILE)"
	}
	return u
}

// Find looks for the image of a kind, and makes none.
func Find(ctx context.Context, cli *client.Client, kind string) (Image, bool, error) {
	ref, ok := Ref(kind)
	if !ok {
		return Image{}, false, noSuchKind()
	}
	return find(ctx, cli, ref)
}

func noSuchKind() error { return fmt.Errorf("no such kind of server; there are %v", Kinds()) }

func one(ctx context.Context, cli *client.Client, kind string, progress func(string), afresh bool) (Image, error) {
	r, ok := recipeOf(kind)
	if !ok {
		return Image{}, noSuchKind()
	}
	ref := r.ref()
	before, found, err := find(ctx, cli, ref)
	if err != nil || found && !afresh {
		return before, err
	}
	if err := ensureBase(ctx, cli, r.release, progress); err != nil {
		return Image{}, err
	}
	progress("building " + ref)
	if err := construct(ctx, cli, ref, r.dockerfile(), progress, afresh); err != nil {
		return Image{}, fmt.Errorf("build %s: %w", ref, err)
	}
	now, built, err := find(ctx, cli, ref)
	switch {
	case err == nil && !built:
		err = fmt.Errorf("the engine has built %s but does not have it", ref)
	case found && now.ID != before.ID:
		// The old one has lost its name. If it is in use, it stays.
		_, _ = cli.ImageRemove(ctx, before.ID, image.RemoveOptions{PruneChildren: true})
	}
	return now, err
}

// find looks an image up by name.
func find(ctx context.Context, cli *client.Client, ref string) (Image, bool, error) {
	i, err := cli.ImageInspect(ctx, ref)
	switch {
	case errdefs.IsNotFound(err):
		return Image{}, false, nil
	case err != nil:
		return Image{}, false, fmt.Errorf("look for image %s: %w", ref, err)
	}
	return Image{Ref: ref, ID: i.ID}, true, nil
}

// construct has the engine build a recipe.
func construct(ctx context.Context, cli *client.Client, ref, recipe string, progress func(string), afresh bool) error {
	source, err := archive(map[string][]byte{"Dockerfile": []byte(recipe)}, 0o644)
	if err != nil {
		return err
	}
	response, err := cli.ImageBuild(ctx, source, build.ImageBuildOptions{
		Tags: []string{ref}, Remove: true, ForceRemove: true, NoCache: afresh,
	})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return follow(response.Body, progress)
}

// archive packs a few small files, all with one mode.
func archive(files map[string][]byte, mode int64) (*bytes.Buffer, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for name, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := w.Write(content); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return &packed, nil
}
