package images

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// lock says what an archive of images holds, so that what is loaded is what
// was saved.
type lock struct {
	// Images are the images' IDs by name. The ID is the digest of the image's
	// configuration.
	Images map[string]string `json:"images"`
	// SHA256 is that of the engine's own archive, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// identities reads, from an archive as an engine writes it (docker save), which
// images it holds: IDs by name.
func identities(archive io.Reader) (map[string]string, error) {
	for files := tar.NewReader(archive); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the archive of images has no manifest.json")
		}
		if err != nil {
			return nil, fmt.Errorf("read the archive of images: %w", err)
		}
		if head.Name != "manifest.json" {
			continue
		}
		var manifest []struct {
			Config   string   // <digest>.json, or blobs/sha256/<digest>
			RepoTags []string // names
		}
		if err := json.NewDecoder(files).Decode(&manifest); err != nil {
			return nil, fmt.Errorf("read manifest.json: %w", err)
		}
		found := map[string]string{}
		for _, m := range manifest {
			for _, ref := range m.RepoTags {
				found[ref] = "sha256:" + strings.TrimSuffix(path.Base(m.Config), ".json")
			}
		}
		return found, nil
	}
}

// check compares what an archive holds with its lock.
func (l lock) check(sum string, held map[string]string) error {
	if l.SHA256 != sum {
		return fmt.Errorf("the images are not those of the lock: their SHA-256 is %s, locked is %s", sum, l.SHA256)
	}
	if len(l.Images) == 0 {
		return errors.New("the lock names no image")
	}
	for _, ref := range sorted(l.Images, held) {
		if l.Images[ref] != held[ref] {
			return fmt.Errorf("image %s is %s, locked is %s", ref, orNone(held[ref]), orNone(l.Images[ref]))
		}
	}
	return nil
}

// sorted lists the names in either.
func sorted(a, b map[string]string) []string {
	var refs []string
	for ref := range a {
		refs = append(refs, ref)
	}
	for ref := range b {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

func orNone(id string) string {
	if id == "" {
		return "missing"
	}
	return id
}
