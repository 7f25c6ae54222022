package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// instant is a time as text that sorts as time does; the zero time is NULL.
type instant time.Time

const instantForm = "2006-01-02T15:04:05.000000Z"

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	if t := time.Time(i); !t.IsZero() {
		return t.UTC().Format(instantForm), nil
	}
	return nil, nil
}

// Scan implements sql.Scanner.
func (i *instant) Scan(from any) error {
	if from == nil {
		*i = instant{}
		return nil
	}
	t, err := time.Parse(instantForm, fmt.Sprint(from))
	*i = instant(t)
	return err
}

// encoded points to a value that is kept as JSON.
type encoded[T any] struct{ at *T }

// Value implements driver.Valuer.
func (e encoded[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(*e.at)
	return string(b), err
}

// Scan implements sql.Scanner.
func (e encoded[T]) Scan(from any) error { return json.Unmarshal(fmt.Append(nil, from), e.at) }
