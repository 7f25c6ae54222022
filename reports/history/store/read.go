package store

import (
	"context"
	"database/sql"

	"maildrill/harness/record"
	"maildrill/reports/history"
)

// reader puts the rows of a question together again.
type reader struct {
	ctx context.Context
	tx  *sql.Tx
	q   Query
}

func (r *reader) params() []any {
	var all []any
	for _, p := range r.q.Params {
		all = append(all, p)
	}
	return all
}

func (r *reader) runs() ([]history.Run, error) {
	found, err := rows(r.ctx, r.tx, r.q.SQL, r.params(), runs.places)
	if err != nil {
		return nil, err
	}
	list := make([]history.Run, len(found))
	at := make(map[string]*history.Run, len(found))
	for i, f := range found {
		list[i] = f.run
		at[f.run.Folder] = &list[i]
	}
	for _, fill := range []func(map[string]*history.Run) error{r.objectives, r.faults, r.outages, r.labels, r.settings} {
		if err := fill(at); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// child is a row that belongs to a folder.
type child[T any] struct {
	folder, kind string
	place        int
	row          T
}

// children reads the rows of a table that belong to the runs of the question,
// in their order.
func children[T any](r *reader, t table[T]) ([]child[T], error) {
	query := "SELECT * FROM " + t.name + " WHERE folder IN (SELECT folder" + r.q.from + ") ORDER BY 1, 2, 3"
	return rows(r.ctx, r.tx, query, r.params(), func(c *child[T]) []any {
		var keys []any
		for _, k := range t.keys {
			keys = append(keys, map[string]any{parent: &c.folder, kind: &c.kind, place: &c.place}[k])
		}
		return append(keys, t.places(&c.row)...)
	})
}

func (r *reader) objectives(at map[string]*history.Run) error {
	all, err := children(r, objectives)
	for _, c := range all {
		run := at[c.folder]
		run.Objectives = append(run.Objectives, c.row.joined())
	}
	return err
}

// joined puts the interval together again.
func (o objective) joined() record.Objective {
	if o.measured && o.span.low != nil {
		o.Measured = &record.Interval{Low: *o.span.low, High: o.span.high}
	}
	return o.Objective
}

func (r *reader) faults(at map[string]*history.Run) error {
	all, err := children(r, faults)
	for _, c := range all {
		run := at[c.folder]
		run.Faults = append(run.Faults, c.row)
	}
	return err
}

func (r *reader) outages(at map[string]*history.Run) error {
	all, err := children(r, outages)
	for _, c := range all {
		run := at[c.folder]
		run.Outages = append(run.Outages, c.row)
	}
	return err
}

func (r *reader) labels(at map[string]*history.Run) error {
	all, err := children(r, labels)
	for _, c := range all {
		for _, l := range lists {
			if l.kind == c.kind {
				words := l.at(at[c.folder])
				*words = append(*words, c.row.value)
			}
		}
	}
	return err
}

func (r *reader) settings(at map[string]*history.Run) error {
	all, err := children(r, settings)
	for _, c := range all {
		for _, f := range facts {
			if f.kind != c.kind {
				continue
			}
			values := f.at(at[c.folder])
			if *values == nil {
				*values = map[string]string{}
			}
			(*values)[c.row.name] = c.row.value
		}
	}
	return err
}
