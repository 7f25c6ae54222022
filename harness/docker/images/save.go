package images

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/docker/docker/client"
)

// Names of an archive's two files. The lock comes first, so that it is known
// when the images arrive.
const (
	lockName   = "lock.json"
	imagesName = "images.tar"
)

// Save writes all server images as one archive (tar, gzip) with a lock that
// says what is in it. Images that are missing are an error: call Ensure or
// Build before. It needs room for a copy in the temporary directory.
func Save(ctx context.Context, cli *client.Client, w io.Writer) error {
	var refs []string
	for _, kind := range Kinds() {
		ref, _ := Ref(kind)
		_, found, err := find(ctx, cli, ref)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("image %s of %s is missing: build the images first", ref, kind)
		}
		refs = append(refs, ref)
	}
	stream, err := cli.ImageSave(ctx, refs)
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	defer stream.Close()
	copied, sum, err := keep(stream)
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	defer discard(copied)
	held, err := identities(copied)
	if err != nil {
		return err
	}
	return bundle(w, copied, lock{Images: held, SHA256: sum})
}

// keep copies a stream into a temporary file, read from its start.
func keep(stream io.Reader) (copied *os.File, sum string, err error) {
	copied, err = os.CreateTemp("", "maildrill-images-")
	if err != nil {
		return nil, "", err
	}
	hash := sha256.New()
	if _, err = io.Copy(io.MultiWriter(copied, hash), stream); err == nil {
		_, err = copied.Seek(0, io.SeekStart)
	}
	if err != nil {
		discard(copied)
		return nil, "", err
	}
	return copied, hex.EncodeToString(hash.Sum(nil)), nil
}

// discard removes a temporary file; what fails here is the host's to clean.
func discard(f *os.File) {
	_ = f.Close()
	_ = os.Remove(f.Name())
}

func bundle(w io.Writer, copied *os.File, l lock) error {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	info, err := copied.Stat()
	if err != nil {
		return err
	}
	if _, err := copied.Seek(0, io.SeekStart); err != nil {
		return err
	}
	compressed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	files := tar.NewWriter(compressed)
	if err := files.WriteHeader(&tar.Header{Name: lockName, Mode: 0o644, Size: int64(len(text))}); err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	if _, err := files.Write(text); err != nil {
		return fmt.Errorf("write the lock: %w", err)
	}
	if err := files.WriteHeader(&tar.Header{Name: imagesName, Mode: 0o644, Size: info.Size()}); err != nil {
		return fmt.Errorf("write the images: %w", err)
	}
	if _, err := io.Copy(files, copied); err != nil {
		return fmt.Errorf("write the images: %w", err)
	}
	if err := files.Close(); err != nil {
		return fmt.Errorf("write the images: %w", err)
	}
	return compressed.Close()
}
