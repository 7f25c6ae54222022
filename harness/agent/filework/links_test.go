package filework

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func memory(t *testing.T) *Keep {
	t.Helper()
	k, err := NewKeep(filepath.Join(t.TempDir(), "kept"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// linked is a store where one message went to two mailboxes, which Dovecot makes
// one file of.
func linked(t *testing.T) *os.Root {
	t.Helper()
	root := store(t)
	if err := root.Link("u1/Maildir/new/1.mail", "u1/Maildir/cur/4.mail:2,"); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestAFileOfTwoNamesIsCorruptedOnce(t *testing.T) {
	root := linked(t)
	before := state(t, root)
	k := memory(t)
	patches, err := k.Corrupt(root, "message", 10, 16)
	if err != nil || len(patches) != 3 {
		t.Fatalf("corrupted %v, %v", patches, err)
	}
	if got := k.Changed(root); len(got) != 3 {
		t.Errorf("changed: %q", got)
	}
	if err := Heal(root, patches); err != nil {
		t.Fatal(err)
	}
	if got := state(t, root); !slices.Equal(got, before) {
		t.Errorf("after the revert:\n%s", strings.Join(got, "\n"))
	}
}

func TestAFileOfTwoNamesIsOneAgain(t *testing.T) {
	root := linked(t)
	before := state(t, root)
	k := memory(t)
	if err := k.Delete(root, "u1"); err != nil {
		t.Fatal(err)
	}
	if err := k.Restore(root); err != nil {
		t.Fatal(err)
	}
	one, _ := root.Lstat("u1/Maildir/new/1.mail")
	two, err := root.Lstat("u1/Maildir/cur/4.mail:2,")
	if err != nil || !os.SameFile(one, two) {
		t.Errorf("they are two files now, %v", err)
	}
	if got := state(t, root); !slices.Equal(got, before) {
		t.Errorf("after the revert:\n%s", strings.Join(got, "\n"))
	}
}

// Mail that comes, and is moved, while the copy is made, is not lost, and not
// doubled.
func TestDeletionLosesNothingThatComesMeanwhile(t *testing.T) {
	root := store(t)
	k := memory(t)
	kept := k.kept
	t.Cleanup(func() { k.kept = kept })
	n := 0
	k.kept = func() { // between the copy and the deletion
		if n++; n > 2 {
			return
		}
		if err := root.WriteFile(fmt.Sprintf("u1/Maildir/new/late%d", n), []byte("late"), 0o600); err != nil {
			t.Error(err)
		}
		if n == 1 {
			if err := root.Rename("u1/Maildir/new/1.mail", "u1/Maildir/cur/1.mail:2,S"); err != nil {
				t.Error(err)
			}
		}
	}
	if err := k.Delete(root, "u1"); err != nil {
		t.Fatal(err)
	}
	if _, err := root.Lstat("u1"); err == nil {
		t.Error("something is left")
	}
	if err := k.Restore(root); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range []string{"new", "cur"} {
		all, _ := below(root, "u1/Maildir/"+f)
		for _, p := range all[1:] {
			names = append(names, filepath.Base(p))
		}
	}
	if want := []string{"late1", "late2", "1.mail:2,S", "2.mail:2,S"}; !slices.Equal(names, want) {
		t.Errorf("there are %q, want %q", names, want)
	}
}

// A socket cannot be put back: who listens there has the one that is gone.
func TestSocketsAreNotDeleted(t *testing.T) {
	root := store(t)
	if err := unix.Mkfifo(filepath.Join(root.Name(), "u1/pickup"), 0o622); err != nil {
		t.Fatal(err)
	}
	before := state(t, root)
	if err := memory(t).Delete(root, "u1"); err == nil || !strings.Contains(err.Error(), "u1/pickup") {
		t.Errorf("err = %v", err)
	}
	if got := state(t, root); !slices.Equal(got, before) {
		t.Errorf("there is left:\n%s", strings.Join(got, "\n"))
	}
}

// A queue moves on while its files change hands, and after it.
func TestOwnershipFollowsFilesThatMove(t *testing.T) {
	root := store(t)
	k := memory(t)
	k.kept = func() {
		if err := root.Remove("u2/Maildir/new/3.mail"); err != nil {
			t.Error(err)
		}
	}
	if err := k.Own(root, ".", os.Getuid(), os.Getgid(), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := root.Rename("u1/Maildir/new/1.mail", "u1/Maildir/cur/1.mail:2,S"); err != nil {
		t.Fatal(err)
	}
	if err := k.GiveBack(root); err != nil {
		t.Fatal(err)
	}
	if info, err := root.Lstat("u1/Maildir/cur/1.mail:2,S"); err != nil || info.Mode() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

// Who reads mbox tells by the time of access whether mail is new.
func TestTheTimeOfAccessIsPutBack(t *testing.T) {
	root := store(t)
	path := "u1/Maildir/new/1.mail"
	accessed := time.Unix(1e9+1e6, 0)
	if err := root.Chtimes(path, accessed, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	k := memory(t)
	if err := k.Delete(root, "u1"); err != nil {
		t.Fatal(err)
	}
	if err := k.Restore(root); err != nil {
		t.Fatal(err)
	}
	var is unix.Stat_t
	if err := unix.Stat(filepath.Join(root.Name(), path), &is); err != nil || is.Atim.Sec != accessed.Unix() {
		t.Errorf("the time of access is %v, %v", is.Atim, err)
	}
}
