package register_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

// small mounts a disk of some pages.
func small(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: a disk that is full takes root to mount one")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("SKIPPED: a disk that is full cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(dir, 0)) })
	return dir
}

// fill leaves so many pages free.
func fill(t *testing.T, disk string, free int) {
	t.Helper()
	filler := filepath.Join(disk, "filler")
	must(t, os.RemoveAll(filler))
	f, err := os.Create(filler)
	must(t, err)
	defer f.Close()
	page := make([]byte, os.Getpagesize())
	for err == nil {
		_, err = f.Write(page)
	}
	info, err := f.Stat()
	must(t, err)
	must(t, f.Truncate(info.Size()-int64(free*len(page))))
}

// A full disk, whichever write it is that finds no room: the append is refused, and
// is completed or not there at all when there is room again.
func TestAFullDiskLosesNothing(t *testing.T) {
	disk := small(t)
	dir, key := filepath.Join(disk, "register"), evidencetest.Key(t)
	r := evidencetest.Register(t, dir, key)
	_, err := r.Start(t.Context(), "first", evidencetest.Start())
	must(t, err)
	refused := 0
	for n := range 12 {
		fill(t, disk, n%4)
		id := "full-" + string(rune('a'+n))
		if _, err := r.Start(t.Context(), id, evidencetest.Start()); err != nil {
			refused++
			if !errors.Is(err, register.ErrUnreachable) || !errors.Is(err, unix.ENOSPC) {
				t.Errorf("%s: %v", id, err)
			}
		}
		must(t, os.Remove(filepath.Join(disk, "filler")))
		_, err := r.Start(t.Context(), "room-"+string(rune('a'+n)), evidencetest.Start())
		must(t, err)
		whole(t, dir, key, n)
	}
	if refused < 3 {
		t.Errorf("%d appends were refused: the disk was not full", refused)
	}
}

// whole: what was told is there.
func whole(t *testing.T, dir string, key *keys.Key, n int) {
	t.Helper()
	v, err := register.Read(t.Context(), dir, key.Public())
	must(t, err)
	if len(v.Defects) > 0 {
		t.Fatal(v.Defects)
	}
	if last := v.Leaves[len(v.Leaves)-1]; last.Run != "room-"+string(rune('a'+n)) {
		t.Errorf("the last leaf is of %s", last.Run)
	}
}
