package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// errDamaged: SQLite finds the file in disorder.
var errDamaged = errors.New("the file is damaged")

// SQLite's result codes (sqlite.org/rescode.html).
const (
	codeCorrupt = 11
	codeNotADB  = 26
)

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
// done so since it was opened.
func (s *Store) setAside(why error) error {
	now, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("set the damaged history aside: %w", err)
	case s.opened == nil || !os.SameFile(s.opened, now):
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
