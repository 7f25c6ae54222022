package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"maildrill/harness/rawsearch"
	"maildrill/harness/topology"
)

var _ topology.Searcher = mortal{}

// Search implements topology.Searcher: the node's folder is all it keeps.
// Paths are relative to it.
func (n *node) Search(ctx context.Context, texts []string) (map[string]string, error) {
	s, err := rawsearch.New(texts)
	if err != nil {
		return nil, err
	}
	var failed error
	err = filepath.WalkDir(n.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case s.Done():
			return fs.SkipAll
		}
		if err == nil && e.Type().IsRegular() {
			err = n.searchFile(ctx, s, path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // delivered meanwhile
			failed = errors.Join(failed, err)
		}
		return nil
	})
	if err = errors.Join(err, failed); err != nil {
		err = fmt.Errorf("search the files of %s: %w", n.Name, err)
	}
	return s.Found(), err
}

func (n *node) searchFile(ctx context.Context, s *rawsearch.Search, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	name, err := filepath.Rel(n.dir, path)
	if err != nil {
		return err
	}
	return s.Read(ctx, name, f)
}
