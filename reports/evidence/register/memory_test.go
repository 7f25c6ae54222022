package register_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/register"
)

// A register that was put back to an earlier state, with a real checkpoint of that
// day, is not gone on with: there would be two histories under one key.
func TestARegisterThatWasPutBackIsRefused(t *testing.T) {
	dir, key, r := begun(t)
	seen := filepath.Join(t.TempDir(), "seen", "checkpoint")
	r.Remember(seen)
	start := func(id string) error { _, err := r.Start(t.Context(), id, evidencetest.Start()); return err }
	must(t, start("a"))
	leaves, checkpoint := filepath.Join(dir, register.LeavesFile), filepath.Join(dir, register.CheckpointFile)
	oldLeaves, oldCheckpoint := read(t, leaves), read(t, checkpoint)
	must(t, start("b"))
	newLeaves, newCheckpoint := read(t, leaves), read(t, checkpoint)
	put := func(l, c []byte) {
		must(t, os.WriteFile(leaves, l, 0o644))
		must(t, os.WriteFile(checkpoint, c, 0o644))
	}
	put(oldLeaves, oldCheckpoint)
	broken := new(register.BrokenError)
	if err := start("c"); !errors.As(err, &broken) || !strings.Contains(err.Error(), "this host has seen the key's register with 2 leaves") {
		t.Errorf("put back: %v", err)
	}
	other, err := register.Open(filepath.Join(t.TempDir(), "other"), key)
	must(t, err)
	other.Remember(seen)
	if err := other.Init(t.Context()); err == nil || !strings.Contains(err.Error(), "a key has one") {
		t.Errorf("a second register of the key: %v", err)
	}
	put(newLeaves, newCheckpoint)
	must(t, start("c"))
	must(t, os.WriteFile(seen, []byte("x"), 0o644))
	if err := start("d"); err == nil || !strings.Contains(err.Error(), "the last checkpoint that was seen") {
		t.Errorf("a memory that is none: %v", err)
	}
	must(t, os.Remove(seen))
	must(t, start("d"))
}
