package keeper

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/docker/docker/api/types/container"
)

// containerFile is a file of a container with all that belongs to it.
type containerFile struct {
	head tar.Header
	body []byte
}

// readFile reads a file of the node, dead or alive.
func (n node) readFile(ctx context.Context, name string) (containerFile, error) {
	stream, stat, err := n.engine.CopyFromContainer(ctx, n.Container, name)
	if err != nil {
		return containerFile{}, fmt.Errorf("read %s of %s: %w", name, n.name, err)
	}
	defer stream.Close()
	archive := tar.NewReader(stream)
	head, err := archive.Next()
	if err != nil {
		return containerFile{}, fmt.Errorf("read %s of %s: %w", name, n.name, err)
	}
	if head.Typeflag != tar.TypeReg {
		return containerFile{}, fmt.Errorf("%s of %s is not a file: name what it leads to", name, n.name)
	}
	body, err := io.ReadAll(archive)
	head.ModTime = stat.Mtime // engines cut the archive's to seconds
	return containerFile{*head, body}, err
}

// writeFile puts a file in the place of the one with its name: content,
// permissions, owner and time of change.
func (n node) writeFile(ctx context.Context, name string, f containerFile) error {
	head := f.head
	head.Name, head.Size, head.Format = path.Base(name), int64(len(f.body)), tar.FormatPAX
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	err := w.WriteHeader(&head)
	if err == nil {
		_, err = w.Write(f.body)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = n.engine.CopyToContainer(ctx, n.Container, path.Dir(name), &archive, container.CopyToContainerOptions{})
	}
	if err != nil {
		return fmt.Errorf("write %s of %s: %w", name, n.name, err)
	}
	return nil
}

// changed is the file with another content, as of now.
func (f containerFile) changed(body []byte) containerFile {
	f.body = body
	f.head.ModTime = time.Now()
	return f
}
