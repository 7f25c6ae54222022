package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// pullCustom makes sure that the images which the topology names itself are
// there, and makes those of folders. testcontainers would pull them too, but would try for a quarter of an
// hour where no registry answers.
func (b *build) pullCustom(ctx context.Context) error {
	done := map[string]bool{}
	for _, p := range b.layout.nodes {
		if p.role != "" || p.server.Image == "" || done[p.server.Image] || p.Attached != "" {
			continue
		}
		done[p.server.Image] = true
		if p.Build != nil {
			if err := b.make(ctx, p); err != nil {
				return fmt.Errorf("node %s: %w", p.Name, err)
			}
			continue
		}
		if err := b.have(ctx, p.server.Image); err != nil {
			return fmt.Errorf("node %s: %w", p.Name, err)
		}
	}
	return nil
}

// make builds the image of a node.
func (b *build) make(ctx context.Context, p planned) error {
	b.options.Progress("building the image of " + p.Name + " from " + p.Build.Context)
	before, known := b.cli.ImageInspect(ctx, p.server.Image)
	var log bytes.Buffer
	if err := b.maker.build(ctx, *p.Build, p.server.Image, &log); err != nil {
		return &topology.Unavailable{Err: fmt.Errorf("%w; its last words: %s", err, lastLine(log.String())), Remedy: "mend the Dockerfile, or what it needs: `docker build " + p.Build.Context + "` shows all of it"}
	}
	if now, err := b.cli.ImageInspect(ctx, p.server.Image); known == nil && err == nil && now.ID != before.ID {
		// The old one has lost its name. If it is in use, it stays.
		_, _ = b.cli.ImageRemove(ctx, before.ID, image.RemoveOptions{PruneChildren: true})
	}
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// pullAll makes sure of images that nodes are going to be made of.
func (b *build) pullAll(ctx context.Context, refs []string) error {
	for _, ref := range refs {
		if err := b.have(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// have makes sure of one image.
func (b *build) have(ctx context.Context, ref string) error {
	if ref == images.Base {
		return images.EnsureBase(ctx, b.cli, b.options.Progress)
	}
	_, err := b.cli.ImageInspect(ctx, ref)
	if errdefs.IsNotFound(err) {
		b.options.Progress("pulling " + ref)
		err = b.pull(ctx, ref)
	}
	if err != nil {
		return &topology.Unavailable{Err: fmt.Errorf("image %s: %w", ref, err),
			Remedy: "load the image into the engine (docker load), or name one that its registries give"}
	}
	return nil
}

// sorts tells kinds of servers, which are made here, from images of others.
func sorts(names []string) (kinds, others []string) {
	for _, name := range names {
		if _, ok := images.Ref(name); ok {
			kinds = append(kinds, name)
		} else {
			others = append(others, name)
		}
	}
	return kinds, others
}

// pull fetches one image. The engine reports most failures at the end of a
// stream that began well.
func (b *build) pull(ctx context.Context, ref string) error {
	stream, err := b.cli.ImagePull(ctx, ref, image.PullOptions{})
	if err != nil {
		return err
	}
	defer stream.Close()
	return pulled(stream)
}

// pulled reads the stream of a pull to its end and gives its error.
func pulled(stream io.Reader) error {
	for messages := json.NewDecoder(stream); ; {
		var m struct {
			Error string `json:"error"`
		}
		err := messages.Decode(&m)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the engine's progress: %w", err)
		}
		if m.Error != "" {
			return errors.New(m.Error)
		}
	}
}
