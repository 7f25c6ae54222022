package store

import (
	"fmt"
	"maps"
	"slices"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// put writes one row.
func put[T any](w *writer, t table[T], row *T, keys ...any) error {
	stmt, ok := w.insert[t.name]
	if !ok {
		var err error
		if stmt, err = w.tx.PrepareContext(w.ctx, t.insert()); err != nil {
			return fmt.Errorf("write %s: %w", t.name, err)
		}
		w.insert[t.name] = stmt
	}
	if _, err := stmt.ExecContext(w.ctx, append(keys, t.places(row)...)...); err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

// putAll writes the rows of a list, each with its place in it.
func putAll[T any](w *writer, t table[T], list []T, keys ...any) error {
	for i := range list {
		if err := put(w, t, &list[i], append(slices.Clone(keys), i)...); err != nil {
			return err
		}
	}
	return nil
}

// add writes a run into all tables.
func (w *writer) add(f *file) error {
	r := &f.run
	if err := put(w, runs, f); err != nil {
		return err
	}
	if err := putAll(w, objectives, apart(r.Objectives), r.Folder); err != nil {
		return err
	}
	if err := putAll(w, faults, r.Faults, r.Folder); err != nil {
		return err
	}
	if err := putAll(w, outages, r.Outages, r.Folder); err != nil {
		return err
	}
	if err := w.addLabels(r); err != nil {
		return err
	}
	return w.addSettings(r)
}

func (w *writer) addLabels(r *history.Run) error {
	for _, l := range lists {
		var words []label
		for _, value := range *l.at(r) {
			words = append(words, label{value})
		}
		if err := putAll(w, labels, words, r.Folder, l.kind); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) addSettings(r *history.Run) error {
	for _, f := range facts {
		values := *f.at(r)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if err := put(w, settings, &setting{name, values[name]}, r.Folder, f.kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart takes the intervals of objectives apart.
func apart(list []record.Objective) []objective {
	var all []objective
	for _, o := range list {
		row := objective{Objective: o, measured: o.Measured != nil}
		if row.measured {
			row.span = ends{&o.Measured.Low, o.Measured.High}
		}
		all = append(all, row)
	}
	return all
}

// markCopies writes down which folders hold the same run.
func (w *writer) markCopies() error {
	all, err := rows(w.ctx, w.tx, "SELECT folder, id, outcome, copy_of FROM runs", nil, func(r *history.Run) []any {
		return []any{&r.Folder, &r.ID, &r.Outcome, &r.CopyOf}
	})
	if err != nil {
		return err
	}
	before := slices.Clone(all)
	history.MarkCopies(all)
	for i, r := range all {
		if r.CopyOf == before[i].CopyOf {
			continue
		}
		if err := w.exec("UPDATE runs SET copy_of = ? WHERE folder = ?", r.CopyOf, r.Folder); err != nil {
			return fmt.Errorf("mark copies: %w", err)
		}
	}
	return nil
}
