package docker

import (
	"archive/tar"
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"maildrill/harness/docker/servers"
)

// pack makes one archive of all files, to be unpacked at the root. The
// directories that lead to a file are in it too, because some engines make
// missing ones with mode 0600; those at the top (/etc, /tmp, /var) are there in
// every image and keep their own modes.
func pack(files map[string]servers.File) (*bytes.Buffer, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	names := slices.Sorted(maps.Keys(files))
	for _, dir := range directories(names) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(dir, "/") + "/", Mode: 0o755}); err != nil {
			return nil, fmt.Errorf("pack %s: %w", dir, err)
		}
	}
	for _, name := range names {
		f := files[name]
		if f.Mode == 0 {
			f.Mode = 0o644
		}
		head := &tar.Header{Name: strings.TrimPrefix(name, "/"), Mode: f.Mode, Size: int64(len(f.Content))}
		if err := w.WriteHeader(head); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := w.Write(f.Content); err != nil {
			return nil, fmt.Errorf("pack %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack files: %w", err)
	}
	return &archive, nil
}

// directories lists the parents of all names below the top level, outer first.
func directories(names []string) []string {
	seen := map[string]bool{}
	for _, name := range names {
		for dir := path.Dir(path.Clean(name)); strings.Count(dir, "/") > 1; dir = path.Dir(dir) {
			seen[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
