package filework

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// store is a Maildir with an index, as Dovecot makes it.
func store(t *testing.T) *os.Root {
	t.Helper()
	folder := t.TempDir()
	for path, mode := range map[string]os.FileMode{
		"u1/Maildir/new/1.mail": 0o600, "u1/Maildir/cur/2.mail:2,S": 0o640, "u1/Maildir/dovecot.index.log": 0o600, "u2/Maildir/new/3.mail": 0o600,
	} {
		at := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(strings.Repeat(path, 10)), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(at, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

// state is everything that a revert must bring back.
func state(t *testing.T, root *os.Root) []string {
	t.Helper()
	all, err := below(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range all {
		info, err := root.Lstat(p)
		if err != nil {
			t.Fatal(err)
		}
		hash := ""
		if info.Mode().IsRegular() {
			if hash, err = hashOf(root, p); err != nil {
				t.Fatal(err)
			}
			hash += fmt.Sprint(info.ModTime().UnixNano())
		}
		lines = append(lines, fmt.Sprint(p, info.Mode(), hash))
	}
	return lines
}

func TestHarmIsTakenBackExactly(t *testing.T) {
	for name, c := range map[string]struct {
		harm, heal func(*Keep, *os.Root) error
		changed    int
	}{
		"delete": {
			func(k *Keep, r *os.Root) error { return k.Delete(r, "u1") },
			func(k *Keep, r *os.Root) error { return k.Restore(r) }, 7,
		},
		"encrypt": {
			func(k *Keep, r *os.Root) error { return k.Encrypt(r, "u1/Maildir/new/1.mail", [32]byte{1}) },
			func(k *Keep, r *os.Root) error { return k.Restore(r) }, 1,
		},
		"encrypt, then renamed": {
			func(k *Keep, r *os.Root) error {
				if err := k.Encrypt(r, "u1/Maildir/new/1.mail", [32]byte{1}); err != nil {
					return err
				}
				return r.Rename("u1/Maildir/new/1.mail", "u1/Maildir/cur/1.mail:2,S")
			},
			func(k *Keep, r *os.Root) error {
				if err := k.Restore(r); err != nil {
					return err
				}
				return r.Rename("u1/Maildir/cur/1.mail:2,S", "u1/Maildir/new/1.mail")
			}, 1,
		},
		"permissions": {
			func(k *Keep, r *os.Root) error { return k.Own(r, ".", os.Getuid(), os.Getgid(), 0o400) },
			func(k *Keep, r *os.Root) error { return k.GiveBack(r) }, 12,
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := store(t)
			before := state(t, root)
			k, err := NewKeep(filepath.Join(t.TempDir(), "kept"))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.harm(k, root); err != nil {
				t.Fatal(err)
			}
			if got := k.Changed(root); len(got) != c.changed {
				t.Errorf("changed: %d %q, want %d", len(got), got, c.changed)
			}
			if err := c.heal(k, root); err != nil {
				t.Fatal(err)
			}
			if got := state(t, root); !slices.Equal(got, before) {
				t.Errorf("after the revert:\n%s\nbefore:\n%s", strings.Join(got, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

func TestCorruptionIsHealedUnderAnotherName(t *testing.T) {
	for _, sort := range []string{"index", "message"} {
		root := store(t)
		before := state(t, root)
		k, err := NewKeep(filepath.Join(t.TempDir(), "kept"))
		if err != nil {
			t.Fatal(err)
		}
		patches, err := k.Corrupt(root, sort, 1, 16)
		if err != nil || len(patches) != 1 || len(k.Changed(root)) != 1 {
			t.Fatalf("%s: %v, %v, changed %q", sort, patches, err, k.Changed(root))
		}
		path := patches[0].Path
		if err := root.Rename(path, path+"-moved"); err != nil {
			t.Fatal(err)
		}
		if err := Heal(root, patches); err != nil {
			t.Fatal(err)
		}
		if err := root.Rename(path+"-moved", path); err != nil {
			t.Fatal(err)
		}
		if got := state(t, root); !slices.Equal(got, before) {
			t.Errorf("%s is not what it was:\n%s", sort, strings.Join(got, "\n"))
		}
	}
}

// The names of keywords are no part of the index: a store cannot make them anew.
func TestKeywordsAreNoIndex(t *testing.T) {
	root := store(t)
	if err := root.WriteFile("u1/Maildir/dovecot-keywords", []byte("0 drill-red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for sort, want := range map[string]string{"index": "u1/Maildir/dovecot.index.log", "keywords": "u1/Maildir/dovecot-keywords"} {
		if got, err := pick(root, sort, 10); err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, %v", sort, got, err)
		}
	}
}

// What a server has written anew is not overwritten with old bytes.
func TestWhatWasWrittenAnewStays(t *testing.T) {
	root := store(t)
	k, err := NewKeep(filepath.Join(t.TempDir(), "kept"))
	if err != nil {
		t.Fatal(err)
	}
	patches, err := k.Corrupt(root, "index", 1, 16)
	if err != nil {
		t.Fatal(err)
	}
	fresh := strings.Repeat("fresh", 100)
	if err := root.WriteFile(patches[0].Path, []byte(fresh), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Heal(root, patches); err != nil {
		t.Fatal(err)
	}
	if got, err := root.ReadFile(patches[0].Path); err != nil || string(got) != fresh {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestNothingToCorruptSaysSo(t *testing.T) {
	k, err := NewKeep(filepath.Join(t.TempDir(), "kept"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Corrupt(store(t), "queue", 1, 16); err == nil || !strings.Contains(err.Error(), "no queue file") {
		t.Errorf("err = %v", err)
	}
}
