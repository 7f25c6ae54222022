package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// What a transaction is for. While one is writing, no other process is.
var (
	writing = &sql.TxOptions{}
	reading = &sql.TxOptions{ReadOnly: true}
)

// inTransaction does all or nothing, on one state of the database.
func (s *Store) inTransaction(ctx context.Context, how *sql.TxOptions, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, how)
	if err != nil {
		return fmt.Errorf("use the history: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("use the history: %w", err)
	}
	return nil
}

// column1 reads a query with one column of text.
func column1(ctx context.Context, tx *sql.Tx, query string, params ...any) ([]string, error) {
	return rows(ctx, tx, query, params, func(s *string) []any { return []any{s} })
}

// rows reads all rows of a query, each into the places of a value.
func rows[T any](ctx context.Context, tx *sql.Tx, query string, params []any, places func(*T) []any) ([]T, error) {
	found, err := tx.QueryContext(ctx, query, params...)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	defer found.Close()
	var all []T
	for found.Next() {
		var one T
		if err := found.Scan(places(&one)...); err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		all = append(all, one)
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return all, nil
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
