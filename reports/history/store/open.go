package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Name is the file of the database in the folder of runs.
const Name = "history.db"

// Store is the database of one folder of runs.
type Store struct {
	root    string // folder of the runs
	path    string // of the database; empty: in memory
	db      *sql.DB
	opened  os.FileInfo // the file as it was opened; nil: there was none
	notices []string
}

// Open opens the database of a folder of runs, or makes it. Where that is not
// possible it is made in memory, and a notice says so. The folder must exist.
// The caller closes the store.
func Open(ctx context.Context, root string) (*Store, error) {
	if err := isFolder(root); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(filepath.Join(root, Name))
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	s := &Store{root: root, path: path}
	if err = s.connect(ctx); damaged(err) {
		if err = s.setAside(err); err == nil {
			err = s.connect(ctx)
		}
	}
	return s, s.orInMemory(ctx, err)
}

// OpenInMemory makes a database that rests on nothing but the run folders.
func OpenInMemory(ctx context.Context, root string) (*Store, error) {
	if err := isFolder(root); err != nil {
		return nil, err
	}
	s := &Store{root: root}
	return s, s.connect(ctx)
}

func isFolder(root string) error {
	info, err := os.Stat(root)
	switch {
	case err != nil:
		return fmt.Errorf("read the folder of runs: %w", err)
	case !info.IsDir():
		return fmt.Errorf("read the folder of runs: %s is no folder", root)
	}
	return nil
}

// Notices tell what the user should know about the database, a sentence each.
func (s *Store) Notices() []string { return s.notices }

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// waits is how long one process waits for another that writes, in
// milliseconds.
const waits = "30000"

// connect opens the file or the memory and sees to the tables.
func (s *Store) connect(ctx context.Context) error {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(" + waits + ")", "foreign_keys(1)", "synchronous(normal)"}}
	u := url.URL{Scheme: "file", Path: s.path, RawQuery: q.Encode()}
	if s.path == "" {
		u = url.URL{Scheme: "file", Opaque: ":memory:", RawQuery: q.Encode()}
	}
	if err := s.recognise(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return fmt.Errorf("open the history: %w", err)
	}
	// One connection: in memory, each further one would see a database of its own.
	db.SetMaxOpenConns(1)
	s.db = db
	if err := s.prepare(ctx); err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// errForeign: the file is a database, and none of maildrill.
var errForeign = errors.New("it is a database of something else")

// prepare makes the tables, or makes them anew where they are of another
// version.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.whole(ctx); err != nil {
		return err
	}
	return s.inTransaction(ctx, writing, func(tx *sql.Tx) error {
		var app, found int32
		var tables int
		for query, into := range map[string]any{"PRAGMA application_id": &app, "PRAGMA user_version": &found, "SELECT count(*) FROM sqlite_master": &tables} {
			if err := tx.QueryRowContext(ctx, query).Scan(into); err != nil {
				return fmt.Errorf("read the version of the history: %w", err)
			}
		}
		switch {
		case tables > 0 && app != application:
			return errForeign
		case tables > 0 && found == version():
			return nil
		case tables > 0:
			s.notices = append(s.notices, Name+" is of another version of maildrill: it is made again from the run folders")
		}
		return remake(ctx, tx)
	})
}

// remake drops every table and makes those of this version.
func remake(ctx context.Context, tx *sql.Tx) error {
	names, err := column1(ctx, tx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name = 'runs'")
	if err != nil {
		return err
	}
	for _, name := range names { // runs, which the others rest on, is the last
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+quoted(name)); err != nil {
			return fmt.Errorf("make the history again: %w", err)
		}
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, version())
	if _, err := tx.ExecContext(ctx, schema()+marks); err != nil {
		return fmt.Errorf("make the history: %w", err)
	}
	return nil
}
