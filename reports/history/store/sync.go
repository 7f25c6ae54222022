package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"maildrill/reports/history"
)

// Synced is what a [Store.Sync] found.
type Synced struct {
	Runs    int `json:"runs"` // in all
	Read    int `json:"read"` // records that were new or changed
	Removed int `json:"removed"`
	// Others are folders that hold no drill: topologies that were kept up,
	// calibrations, folders of other things.
	Others []string `json:"others"`
}

// Sync makes the database what the run folders are. It is all or nothing, and
// looks at the folders while no other process writes, so that the last one to
// write has also looked last. A damaged database is made again.
func (s *Store) Sync(ctx context.Context) (Synced, error) {
	done, err := s.sync(ctx)
	switch {
	case err == nil || ctx.Err() != nil || s.path == "":
		return done, err
	case damaged(err):
		if err = s.again(ctx, err); err == nil {
			done, err = s.sync(ctx)
		}
	}
	if err != nil { // a full disk, a folder that may not be written
		s.db.Close()
		if err := s.orInMemory(ctx, err); err != nil {
			return Synced{}, err
		}
		return s.sync(ctx)
	}
	return done, nil
}

// again replaces the damaged database by an empty one.
func (s *Store) again(ctx context.Context, why error) error {
	s.db.Close()
	if err := s.setAside(why); err != nil {
		return err
	}
	return s.connect(ctx)
}

func (s *Store) sync(ctx context.Context) (done Synced, err error) {
	err = s.inTransaction(ctx, writing, func(tx *sql.Tx) error {
		w, err := newWriter(ctx, tx, time.Now())
		if err != nil {
			return err
		}
		found, others, err := scan(s.root)
		if err != nil {
			return err
		}
		done = Synced{Runs: len(found), Others: append([]string{}, others...)}
		for _, f := range found {
			read, err := w.update(s.root, f)
			if err != nil {
				return fmt.Errorf("keep run %q: %w", f.name, err)
			}
			done.Read += read
		}
		done.Removed, err = w.removeRest()
		if err != nil {
			return err
		}
		return w.markCopies()
	})
	return done, err
}

// state is what is known of a row from before.
type state struct {
	folder, outcome, sha string
	size, stamp          int64
}

func (s *state) places() []any { return []any{&s.folder, &s.outcome, &s.sha, &s.size, &s.stamp} }

// is tells whether a folder is as it was.
func (s state) is(f folder) bool {
	unheard := s.outcome == string(history.NoRecord)
	return f.wrong == "" && unheard != f.hasRecord() && s.size == max(f.size, 0) && s.stamp == f.stamp.UnixNano()
}

// settles is how old a file must be for its time stamp to tell that it was not
// changed since: stamps are coarse.
const settles = 2 * time.Second

// writer brings the tables up to date, folder by folder.
type writer struct {
	ctx    context.Context
	tx     *sql.Tx
	insert map[string]*sql.Stmt
	before map[string]state // rows that no folder has claimed yet
	now    time.Time
}

func newWriter(ctx context.Context, tx *sql.Tx, now time.Time) (*writer, error) {
	known, err := rows(ctx, tx, "SELECT folder, outcome, record_sha256, record_size, record_stamp FROM runs", nil, (*state).places)
	if err != nil {
		return nil, err
	}
	w := &writer{ctx: ctx, tx: tx, insert: map[string]*sql.Stmt{}, before: map[string]state{}, now: now}
	for _, s := range known {
		w.before[s.folder] = s
	}
	return w, nil
}

// update claims the row of a folder and writes it if something changed. It
// gives how many records were new or changed.
func (w *writer) update(root string, f folder) (int, error) {
	old, known := w.before[f.name]
	delete(w.before, f.name)
	if known && old.is(f) {
		return 0, nil
	}
	row := f.read(root)
	if f.hasRecord() && w.now.Sub(f.stamp) < settles {
		row.stamp = 0
	}
	if known && old.sha != "" && old.sha == row.run.SHA256 {
		return 0, w.exec("UPDATE runs SET record_size = ?, record_stamp = ? WHERE folder = ?", row.size, row.stamp, f.name)
	}
	if known {
		if err := w.exec("DELETE FROM runs WHERE folder = ?", f.name); err != nil {
			return 0, err
		}
	}
	return 1, w.add(&row)
}

func (w *writer) exec(query string, params ...any) error {
	_, err := w.tx.ExecContext(w.ctx, query, params...)
	return err
}

// removeRest drops the rows whose folder is gone.
func (w *writer) removeRest() (int, error) {
	for name := range w.before {
		if err := w.exec("DELETE FROM runs WHERE folder = ?", name); err != nil {
			return 0, err
		}
	}
	return len(w.before), nil
}
