package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
	"modernc.org/sqlite"
)

// errDamaged: SQLite finds the file in disorder.
var errDamaged = errors.New("the file is damaged")

// SQLite's result codes (sqlite.org/rescode.html).
const (
	codeCorrupt = 11
	codeNotADB  = 26
)

// magic is what a file of SQLite begins with (sqlite.org/fileformat.html).
const magic = "SQLite format 3\x00"

// recognise looks at the beginning of the file. What is no database of SQLite is
// not given to it: it would play a journal into it that belongs to the file that
// another process has put into its place.
func (s *Store) recognise() (err error) {
	if s.opened = nil; s.path == "" {
		return nil
	}
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("open the history: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("open the history: %s is no file", Name)
	}
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("open the history: %w", err)
	}
	defer f.Close()
	if s.opened, err = f.Stat(); err != nil {
		return fmt.Errorf("open the history: %w", err)
	}
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	if n > 0 && string(head[:n]) != magic {
		return fmt.Errorf("open the history: it is no database: %w", errDamaged)
	}
	if err != nil && n > 0 {
		return fmt.Errorf("open the history: %w", err)
	}
	return nil
}

// damaged tells an error of a file that is no sound database.
func damaged(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		code := e.Code() & 0xff
		return code == codeCorrupt || code == codeNotADB
	}
	return errors.Is(err, errDamaged)
}

// setAside keeps a damaged file under another name, unless another process has
// done so since it was opened. The lock is on the damaged file itself: who gets it
// later finds another file at the path.
func (s *Store) setAside(why error) error {
	f, err := os.Open(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("set the damaged history aside: %w", err)
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("set the damaged history aside: %w", err)
	}
	if !s.stillThere(f) {
		return nil
	}
	aside := s.spareName()
	if err := os.Rename(s.path, aside); err != nil {
		return fmt.Errorf("set the damaged history aside: %w", err)
	}
	os.Remove(s.path + "-journal") // it belongs to the damaged file
	s.notices = append(s.notices, fmt.Sprintf("%s was damaged (%v): it is made again from the run folders; what was there is now %s", Name, why, filepath.Base(aside)))
	return nil
}

// stillThere tells whether the file that was opened first, the one that is
// locked and the one at the path are the same.
func (s *Store) stillThere(locked *os.File) bool {
	held, err := locked.Stat()
	if err != nil || s.opened == nil {
		return false
	}
	now, err := os.Stat(s.path)
	return err == nil && os.SameFile(held, now) && os.SameFile(s.opened, now)
}

// spareName is a name for a damaged file at which nothing is yet; of ten the
// last is used again.
func (s *Store) spareName() string {
	name := s.path + ".damaged"
	for n := 2; n <= 10; n++ {
		if _, err := os.Lstat(name); err != nil {
			break
		}
		name = fmt.Sprintf("%s.damaged-%d", s.path, n)
	}
	return name
}

// orInMemory replaces a file that cannot be used by memory.
func (s *Store) orInMemory(ctx context.Context, why error) error {
	if why == nil || ctx.Err() != nil {
		return why
	}
	s.notices = append(s.notices, fmt.Sprintf("%s cannot be used (%v): the run folders are read into memory", Name, why))
	s.path = ""
	return s.connect(ctx)
}

// whole looks for damage.
func (s *Store) whole(ctx context.Context) error {
	if s.path == "" {
		return nil
	}
	var said string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("check the history: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("check the history: %s: %w", said, errDamaged)
	}
	return nil
}
