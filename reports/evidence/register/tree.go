package register

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// tree holds the hashes of all leaves and of all whole subtrees over them, in the
// order of tlog. They are worked out from the leaves: hashes on disk would be one
// more thing that could be wrong.
type tree struct{ hashes []tlog.Hash }

// ReadHashes implements tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at < 0 || at >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("the tree has no hash %d", at)
		}
		out[i] = t.hashes[at]
	}
	return out, nil
}

func (t *tree) add(n int64, line []byte) error {
	more, err := tlog.StoredHashes(n, line, t)
	if err != nil {
		return fmt.Errorf("hash leaf %d: %w", n, err)
	}
	t.hashes = append(t.hashes, more...)
	return nil
}

func (t *tree) root(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }
