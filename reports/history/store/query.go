package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"maildrill/reports/history"
)

// Filter picks runs. Its zero value picks all.
type Filter struct {
	Scenario string
	Outcome  history.Outcome
	From, To time.Time // when they started: not before From, before To; zero: no bound
	Latest   int       // only so many, the newest; 0: all
}

// Query is a question to the database, as it is put.
type Query struct {
	SQL    string   `json:"sql"`
	Params []string `json:"parameters"`
	from   string   // the SQL behind the columns
}

// Query gives the runs by time, the oldest first; with Latest the newest first.
func (f Filter) Query() Query {
	q := Query{Params: []string{}}
	var terms []string
	term := func(t, param string) {
		terms, q.Params = append(terms, t+" ?"), append(q.Params, param)
	}
	if f.Scenario != "" {
		term("scenario =", f.Scenario)
	}
	if f.Outcome != "" {
		term("outcome =", string(f.Outcome))
	}
	if !f.From.IsZero() {
		term("started >=", f.From.UTC().Format(instantForm))
	}
	if !f.To.IsZero() {
		term("started <", f.To.UTC().Format(instantForm))
	}
	q.from = " FROM runs"
	if len(terms) > 0 {
		q.from += " WHERE " + strings.Join(terms, " AND ")
	}
	if f.Latest > 0 {
		q.from += fmt.Sprintf(" ORDER BY started DESC, folder DESC LIMIT %d", f.Latest)
	} else {
		q.from += " ORDER BY started, folder"
	}
	q.SQL = "SELECT *" + q.from
	return q
}

// Runs asks the database, and gives the runs whole.
func (s *Store) Runs(ctx context.Context, q Query) (found []history.Run, err error) {
	err = s.inTransaction(ctx, reading, func(tx *sql.Tx) error {
		found, err = (&reader{ctx, tx, q}).runs()
		return err
	})
	return found, err
}
