package docker

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"maildrill/harness/rawsearch"
	"maildrill/harness/topology"
)

var _ topology.Searcher = (*insides)(nil)

const (
	// searchLimit bounds the search of one node.
	searchLimit = 2 * time.Minute
	// searchTries is how often a folder is read before it counts as
	// unreadable: the engine's archive of files that change ends too soon.
	searchTries = 3
)

// Search looks through the node's volumes, dead or alive: the engine gives
// their files even while the container is stopped. A node without volumes is
// searched where its servers keep mail.
func (i *insides) Search(ctx context.Context, texts []string) (map[string]string, error) {
	s, err := rawsearch.New(texts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, searchLimit)
	defer cancel()
	var failed error
	for _, folder := range searched(i.planned.Node) {
		if err := i.searchFolder(ctx, s, folder); err != nil {
			failed = errors.Join(failed, fmt.Errorf("search %s of %s: %w", folder, i.Name(), err))
		}
	}
	return s.Found(), failed
}

// searched lists the folders in which a node keeps mail: its volumes, and what
// its servers fill whether a volume is there or not. None lies in another.
func searched(n topology.Node) []string {
	var all []string
	for _, v := range n.Volumes {
		all = append(all, path.Clean(v.Path))
	}
	for _, s := range n.Runs() {
		all = append(all, slices.Collect(maps.Values(s.State))...)
	}
	slices.Sort(all)
	var folders []string
	for _, folder := range all {
		within := func(outer string) bool { return strings.HasPrefix(folder+"/", strings.TrimSuffix(outer, "/")+"/") }
		if !slices.ContainsFunc(folders, within) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// searchFolder reads a folder until it was read whole once.
func (i *insides) searchFolder(ctx context.Context, s *rawsearch.Search, folder string) error {
	var err error
	for range searchTries {
		if s.Done() {
			return nil
		}
		if err = i.searchOnce(ctx, s, folder); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (i *insides) searchOnce(ctx context.Context, s *rawsearch.Search, folder string) error {
	archive, _, err := i.system.cli.CopyFromContainer(ctx, i.planned.container, folder)
	if err != nil {
		return err
	}
	defer archive.Close()
	return searchArchive(ctx, s, path.Dir(folder), archive)
}

// searchArchive reads the engine's archive of a folder whose names are relative
// to base. An archive that ends within a file is an error.
func searchArchive(ctx context.Context, s *rawsearch.Search, base string, archive io.Reader) error {
	for files := tar.NewReader(archive); !s.Done(); {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		if err := s.Read(ctx, path.Join(base, head.Name), files); err != nil {
			return err
		}
	}
	return nil
}
