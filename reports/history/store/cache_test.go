package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/history/historytest"
	"maildrill/reports/history/store"
)

// The database is a cache: whatever becomes of it, the runs are all there, and
// what happened is told.
func TestWhateverBecomesOfTheCacheTheRunsAreThere(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, path string)
		notice string // part of what is told; empty: nothing is
		stays  bool   // the file is left as it was
	}{
		{"nothing", func(*testing.T, string) {}, "", false},
		{"deleted", func(t *testing.T, path string) { must(t, os.Remove(path)) }, "", false},
		{"empty", func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o644)) }, "", false},
		{"no database", func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("my notes on past runs"), 0o644)) }, "was damaged", false},
		{"cut", func(t *testing.T, path string) { must(t, os.Truncate(path, 3*4096+77)) }, "was damaged", false},
		{"scribbled over", func(t *testing.T, path string) { scribble(t, path, 1) }, "was damaged", false},
		{"one page spoilt", func(t *testing.T, path string) { scribble(t, path, -1) }, "was damaged", false},
		{"a wrong count of free pages", func(t *testing.T, path string) { patch(t, path, func(data []byte) { data[39] += 7 }) }, "was damaged", false},
		{"another version", func(t *testing.T, path string) { alter(t, path, "PRAGMA user_version = 7") }, "another version", false},
		{"older tables", func(t *testing.T, path string) {
			alter(t, path, "PRAGMA user_version = 7; DROP TABLE settings; CREATE TABLE \"od\"\"d; --\" (a); ALTER TABLE runs RENAME TO past")
		}, "another version", false},
		{"of something else", func(t *testing.T, path string) {
			must(t, os.Remove(path))
			alter(t, path, "CREATE TABLE runs (kilometres); INSERT INTO runs VALUES (42)")
		}, "something else", true},
		{"a folder", func(t *testing.T, path string) { must(t, os.Remove(path)); must(t, os.Mkdir(path, 0o755)) }, "into memory", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, _ := filled(t, 40)
			path := filepath.Join(root, store.Name)
			s := open(t, root)
			sync(t, s)
			must(t, s.Close())
			c.damage(t, path)
			before, _ := os.ReadFile(path)
			s = open(t, root)
			sync(t, s)
			if n := len(ask(t, s, store.Filter{})); n != 40 {
				t.Errorf("%d runs, want 40", n)
			}
			if told := strings.Join(s.Notices(), "; "); (c.notice == "") != (told == "") || !strings.Contains(told, c.notice) {
				t.Errorf("told %q, want something with %q", told, c.notice)
			}
			if after, _ := os.ReadFile(path); c.stays && !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// What is no database of ours may be somebody's work: it is kept.
func TestADamagedFileIsKeptUnderAnotherName(t *testing.T) {
	root, _ := filled(t, 8)
	path := filepath.Join(root, store.Name)
	must(t, os.WriteFile(path, []byte("my notes on past runs"), 0o644))
	sync(t, open(t, root))
	if kept, err := os.ReadFile(path + ".damaged"); err != nil || string(kept) != "my notes on past runs" {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func TestAFolderThatCannotBeWrittenIsReadIntoMemory(t *testing.T) {
	root, _ := filled(t, 8)
	readOnly(t, root)
	s := open(t, root)
	sync(t, s)
	if n := len(ask(t, s, store.Filter{})); n != 8 || !strings.Contains(strings.Join(s.Notices(), ""), "into memory") {
		t.Errorf("%d runs, told %q", n, s.Notices())
	}
}

// Several processes that find the damage at the same time make one database of
// it, and none sets the other's aside.
func TestDamageThatManySeeIsMendedOnce(t *testing.T) {
	root, _ := filled(t, 16)
	path := filepath.Join(root, store.Name)
	for range 3 {
		must(t, os.WriteFile(path, []byte("my notes on past runs"), 0o644))
		for _, c := range beside(t, root, "", 4) {
			must(t, finished(c))
		}
		must(t, os.Remove(path))
	}
	kept, err := filepath.Glob(path + ".damaged*")
	must(t, err)
	if len(kept) != 3 {
		t.Errorf("kept %v, want three files", kept)
	}
	for _, name := range kept {
		if data, err := os.ReadFile(name); err != nil || string(data) != "my notes on past runs" {
			t.Errorf("%s holds %.30q, %v", name, data, err)
		}
	}
}

// A database that turns out to be damaged only when it is used is made again
// all the same.
func TestDamageThatComesLateIsMendedToo(t *testing.T) {
	root, _ := filled(t, 40)
	s := open(t, root)
	sync(t, s)
	scribble(t, filepath.Join(root, store.Name), 1)
	sync(t, s)
	if n := len(ask(t, s, store.Filter{})); n != 40 || len(s.Notices()) == 0 {
		t.Errorf("%d runs, told %q", n, s.Notices())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func alter(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = db.ExecContext(t.Context(), statements)
	must(t, err)
	must(t, db.Close())
}

// scribble spoils every page from the given one on, of which the first is 0 and
// the last -1. In the first page it counts the change, so that whoever has the
// file open reads it again.
func scribble(t *testing.T, path string, from int) {
	t.Helper()
	patch(t, path, func(data []byte) {
		const page = 4096
		if from < 0 {
			from += len(data) / page
		}
		for i := from * page; i < len(data); i++ {
			data[i] ^= 0x5a
		}
		data[27]++
	})
}

// patch changes a file in its place.
func patch(t *testing.T, path string, change func([]byte)) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	change(data)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(data, 0)
	must(t, err)
	must(t, f.Close())
}

// What the other processes of the tests below are told.
const (
	syncRoot  = "MAILDRILL_TEST_SYNC"
	syncTells = "MAILDRILL_TEST_SYNC_TELLS" // not empty: they must have nothing to tell
)

// beside starts processes that use the history of a folder.
func beside(t *testing.T, root, tells string, n int) []*exec.Cmd {
	t.Helper()
	var all []*exec.Cmd
	for range n {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSyncBesideAnother$", "-test.v")
		c.Env = append(os.Environ(), syncRoot+"="+root, syncTells+"="+tells)
		c.Stdout = new(bytes.Buffer)
		c.Stderr = c.Stdout
		must(t, c.Start())
		all = append(all, c)
	}
	return all
}

func finished(c *exec.Cmd) error {
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, c.Stdout)
	}
	return nil
}

// TestSyncBesideAnother is one of the other processes.
func TestSyncBesideAnother(t *testing.T) {
	root := os.Getenv(syncRoot)
	if root == "" {
		t.Skip("is run by other tests")
	}
	for range 4 {
		s := open(t, root)
		sync(t, s)
		if os.Getenv(syncTells) != "" {
			quiet(t, s)
		}
		if n := len(ask(t, s, store.Filter{})); n < 16 {
			t.Errorf("%d runs, at least 16 were there (%q)", n, s.Notices())
		}
		must(t, s.Close())
	}
}

func TestProcessesMaySyncAtTheSameTime(t *testing.T) {
	root, made := filled(t, 16)
	others := beside(t, root, "nothing", 3)
	all := map[string]bool{}
	for _, m := range made {
		all[m.ID()] = true
	}
	for _, m := range historytest.Population(9, 19) {
		all[m.ID()] = true
		historytest.WriteRun(t, root, m)
		s := open(t, root)
		sync(t, s)
		quiet(t, s)
		must(t, s.Close())
	}
	for _, c := range others {
		must(t, finished(c))
	}
	s := open(t, root)
	sync(t, s)
	if n := len(ask(t, s, store.Filter{})); n != len(all) {
		t.Errorf("%d runs, want %d", n, len(all))
	}
}
