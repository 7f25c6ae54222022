package filework

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A list differs by names, contents, permissions and links, and by nothing else.
func TestListsDiffer(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := func() List {
		t.Helper()
		l, err := ListOf(dir)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	write("a", "one")
	before := list()
	write("a", "one")
	if !before.Equal(list()) {
		t.Error("the same content written again is a difference")
	}
	write("b", "two")
	after := list()
	if before.Equal(after) || !slices.Equal(after.Without(before), []string{"b"}) || len(before.Without(after)) > 0 {
		t.Errorf("a new file: %v, then %v", before, after)
	}
	for name, change := range map[string]func() error{
		"content":     func() error { return os.WriteFile(filepath.Join(dir, "b"), []byte("owt"), 0o600) },
		"permissions": func() error { return os.Chmod(filepath.Join(dir, "b"), 0o640) },
		"a link":      func() error { return os.Symlink("a", filepath.Join(dir, "c")) },
	} {
		was := list()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if was.Equal(list()) {
			t.Errorf("%s is not seen", name)
		}
	}
}
