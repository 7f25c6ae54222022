package register_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

// long is a register of 100,000 leaves: 27 runs a day for five years.
func long(b *testing.B) (dir string, f register.Files, key *keys.Key) {
	b.Helper()
	const runs = 50_000
	var leaves []register.Leaf
	start := evidencetest.Start()
	for n := range int64(runs) {
		id := fmt.Sprintf("20261123-184105-backup-mx-takes-over-%06x", n)
		leaves = append(leaves, register.Leaf{At: "2026-11-23T18:41:05Z", Run: id, Start: &start},
			register.Leaf{At: "2026-11-23T18:42:05Z", Run: id, Close: &register.Close{Start: 2 * n, Verdict: "passed", Manifest: start.SHA256}})
	}
	dir, key = filepath.Join(b.TempDir(), "register"), evidencetest.Key(b)
	return dir, evidencetest.Forge(b, dir, leaves, key), key
}

func BenchmarkReadAHundredThousandLeaves(b *testing.B) {
	_, f, key := long(b)
	b.SetBytes(int64(len(f.Leaves)))
	for b.Loop() {
		v := register.Parse(f, key.Public())
		if len(v.Defects) > 0 || len(v.Runs(time.Now())) != 50_000 {
			b.Fatal(v.Defects)
		}
	}
}

// Every append reads the whole register first.
func BenchmarkAppendToAHundredThousandLeaves(b *testing.B) {
	dir, _, key := long(b)
	r, err := register.Open(dir, key)
	must(b, err)
	n := 0
	for b.Loop() {
		n++
		_, err := r.Start(b.Context(), fmt.Sprintf("run-%d", n), evidencetest.Start())
		must(b, err)
	}
}
