package blockdev

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWritersAreNamed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "written")
	named := func() bool {
		return slices.ContainsFunc(Writers(dir), func(w string) bool { return strings.HasSuffix(w, ": "+path) })
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if !named() {
		t.Errorf("who writes is not among %v", Writers(dir))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err = os.Open(path); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if named() {
		t.Error("who only reads is taken for a writer")
	}
}
