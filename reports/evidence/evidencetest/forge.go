package evidencetest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, h[i])
	}
	return out, nil
}

// Forge writes a register from leaves, as somebody can who has its key: places,
// links and root are right, and the signature is a real one.
func Forge(t testing.TB, dir string, leaves []register.Leaf, key *keys.Key) register.Files {
	t.Helper()
	var f register.Files
	var tree hashes
	prev := ""
	for n, l := range leaves {
		l.N, l.Prev = int64(n), prev
		line, err := json.Marshal(l)
		must(t, err)
		more, err := tlog.StoredHashes(int64(n), line, tree)
		must(t, err)
		sum := sha256.Sum256(line)
		tree, f.Leaves, prev = append(tree, more...), append(append(f.Leaves, line...), '\n'), hex.EncodeToString(sum[:])
	}
	root, err := tlog.TreeHash(int64(len(leaves)), tree)
	must(t, err)
	f.Checkpoint, err = note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", key.Public().Name(), len(leaves), root)}, key.Note())
	must(t, err)
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, register.LeavesFile), f.Leaves, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, register.CheckpointFile), f.Checkpoint, 0o644))
	return f
}
