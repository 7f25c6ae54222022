package store

import (
	"fmt"
	"hash/crc32"
	"strings"
)

// table maps a Go value to the rows of one table. Each column points into the
// value, to be read from there and written to.
type table[T any] struct {
	name    string
	keys    []string // of the parent, bound before the columns
	columns []column[T]
}

type column[T any] struct {
	name, kind string
	at         func(*T) any
}

func (t table[T]) create(key string) string {
	lines := append([]string{}, t.keys...)
	for _, c := range t.columns {
		lines = append(lines, c.name+" "+c.kind)
	}
	lines = append(lines, "PRIMARY KEY ("+key+")")
	return fmt.Sprintf("CREATE TABLE %s (\n  %s\n) STRICT, WITHOUT ROWID;\n", t.name, strings.Join(lines, ",\n  "))
}

func (t table[T]) insert() string {
	marks := strings.Repeat(", ?", len(t.keys)+len(t.columns))
	return fmt.Sprintf("INSERT INTO %s VALUES (%s)", t.name, marks[2:])
}

// places are where the columns of a value are.
func (t table[T]) places(of *T) []any {
	var all []any
	for _, c := range t.columns {
		all = append(all, c.at(of))
	}
	return all
}

// generation changes when rows mean something else though the tables look the
// same.
const generation = 1

// application marks the database as maildrill's (sqlite3 application_id): "mdrl".
const application = 0x6d64726c

// schema makes all tables.
func schema() string {
	return runs.create("folder") + objectives.create("folder, place") + faults.create("folder, place") +
		outages.create("folder, place") + labels.create("folder, kind, place") + settings.create("folder, kind, name") +
		"CREATE INDEX runs_by_time ON runs (started, folder);\n" +
		"CREATE INDEX runs_by_scenario ON runs (scenario, started);\n"
}

// version names the tables and what their rows mean.
func version() int32 {
	return int32(crc32.ChecksumIEEE(fmt.Appendf(nil, "%d\n%s", generation, schema())) & 0x7fffffff)
}
