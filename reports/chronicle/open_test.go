package chronicle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/record"
	"maildrill/reports/chronicle"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func inJSON(t *testing.T, c chronicle.Chronicle) string {
	t.Helper()
	b, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// small is a run in which each thing happens once.
func small() *drill {
	return &drill{messages: 60, each: 400 * time.Millisecond, rcpts: func(seq uint32) int { return 1 + int(seq%20)/19 },
		fate: func(seq uint32, rcpt uint16) string {
			if n := int(seq) - 10; n >= 0 && n < len(whats) && rcpt == 0 {
				return whats[n]
			}
			return "delivered"
		}}
}

// folder writes a run folder.
func (d *drill) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	r := d.judged(t)
	b, err := record.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	err = os.WriteFile(filepath.Join(dir, "record.json"), b, 0o644)
	l, lerr := ledger.Create(filepath.Join(dir, "ledger"))
	e, eerr := ledger.CreateEvents(filepath.Join(dir, "events.jsonl"))
	if err := errors.Join(err, lerr, eerr); err != nil {
		t.Fatal(err)
	}
	for _, entry := range d.ledger.entries {
		err = errors.Join(err, l.Record(entry))
	}
	for _, event := range d.events {
		err = errors.Join(err, e.Append(time.Duration(event.At), event.Kind, event.Step, event.Node, event.Data))
	}
	if err := errors.Join(err, l.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestGolden(t *testing.T) {
	run, err := chronicle.Open(small().folder(t), false)
	if err != nil {
		t.Fatal(err)
	}
	got, file := inJSON(t, run.Chronicle), filepath.Join("testdata", "small.json")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look, then run: go test ./reports/chronicle -update\n%s", file, got)
	}
	if text := string(run.Bytes); !strings.Contains(text, record.Schema) || run.Record.Schema != record.Schema {
		t.Errorf("the record is %.100q", text)
	}
}

// Addresses are masked wherever they stand, unless they are asked for.
func TestAddressesAreMasked(t *testing.T) {
	dir := small().folder(t)
	for _, shown := range []bool{false, true} {
		run, err := chronicle.Open(dir, shown)
		if err != nil {
			t.Fatal(err)
		}
		text := inJSON(t, run.Chronicle)
		for _, who := range []string{"user1", "user2", "user3", "user4"} {
			if strings.Contains(text, who) != shown {
				t.Errorf("asked for addresses: %v, and %s is there: %v", shown, who, !shown)
			}
		}
	}
}

// What is missing of a folder is told, and what is there is shown.
func TestMissingParts(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(dir string) error
		torn   string
		mail   bool
	}{
		{"nothing", func(string) error { return nil }, "", true},
		{"no events", func(dir string) error { return os.Remove(filepath.Join(dir, "events.jsonl")) }, "no events", true},
		{"no ledger", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "ledger")) }, "no ledger", false},
		{"an empty ledger", func(dir string) error { return os.Remove(filepath.Join(dir, "ledger", "000001.seg")) }, "no ledger", false},
		{"a ledger without its beginning", func(dir string) error {
			return os.Rename(filepath.Join(dir, "ledger", "000001.seg"), filepath.Join(dir, "ledger", "000002.seg"))
		}, "000001.seg is missing", false},
		{"half an event", func(dir string) error { return chop(filepath.Join(dir, "events.jsonl"), 20) }, "events are cut short", true},
		{"half a ledger", func(dir string) error { return chop(filepath.Join(dir, "ledger", "000001.seg"), 200) }, "ledger is cut short", false},
		{"a changed event", func(dir string) error { return alter(filepath.Join(dir, "events.jsonl"), "baseline", "basement") }, "cannot be trusted", true},
	} {
		dir := small().folder(t)
		if err := c.damage(dir); err != nil {
			t.Fatal(err)
		}
		run, err := chronicle.Open(dir, false)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := run.Chronicle.Torn; (c.torn == "") != (got == "") || !strings.Contains(got, c.torn) {
			t.Errorf("%s: torn %q", c.name, got)
		}
		if c.mail != (len(run.Chronicle.Copies.Points) > 50) {
			t.Errorf("%s: %d points", c.name, len(run.Chronicle.Copies.Points))
		}
	}
}

func chop(file string, bytes int64) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, info.Size()-bytes)
}

func alter(file, before, after string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(b, []byte(before), []byte(after), 1), 0o644)
}

func TestNoRunFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := chronicle.Open(dir, false); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "maildrill judge") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "record.json"), []byte(`{"schema":"x"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := chronicle.Open(dir, false); err == nil || !strings.Contains(err.Error(), "schema") {
		t.Errorf("%v", err)
	}
}

// A run that never began has an empty chronicle.
func TestRunThatNeverBegan(t *testing.T) {
	c, err := chronicle.Read(chronicle.Sources{Record: record.Record{Schema: record.Schema, Verdict: record.Aborted}})
	if err != nil || c.End != 0 || len(c.Copies.Points)+len(c.Lanes)+len(c.Rates)+len(c.Events) > 0 || c.Thinned != "" || c.Doubts != nil {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestLedgerThatCannotBeRead(t *testing.T) {
	d := small()
	r := d.judged(t)
	d.ledger.err = errors.New("the disk is gone")
	if _, err := chronicle.Read(chronicle.Sources{Record: r, Events: d.events, Ledger: &d.ledger}); !errors.Is(err, d.ledger.err) {
		t.Errorf("%v", err)
	}
}
