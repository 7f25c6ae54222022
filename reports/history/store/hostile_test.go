package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
	"maildrill/reports/history/store"
	"maildrill/reports/hostile"
)

func TestHostileTextIsOnlyText(t *testing.T) {
	root := t.TempDir()
	for i, text := range historytest.Evil {
		r := hostile.Sober(text)
		r.Scenario.Causes = []string{text, text}
		r.Objectives[0].Target, r.Objectives[0].Measured = map[string]float64{text: 1e300}, &record.Interval{Low: -1e308}
		r.Objectives[1].Measured = nil
		data, err := record.Marshal(r)
		must(t, err)
		dir := filepath.Join(root, fmt.Sprintf("%03d", i))
		must(t, os.Mkdir(dir, 0o755))
		must(t, os.WriteFile(filepath.Join(dir, "record.json"), data, 0o644))
	}
	s := open(t, root)
	sync(t, s)
	quiet(t, s)
	runs := ask(t, s, store.Filter{})
	if len(runs) != len(historytest.Evil) {
		t.Fatalf("%d runs, want %d", len(runs), len(historytest.Evil))
	}
	for _, got := range runs {
		want := history.Of(got.Folder, read(t, filepath.Join(root, got.Folder)), time.Time{})
		want.SHA256 = got.SHA256
		if !reflect.DeepEqual(normal(got), normal(want)) {
			t.Errorf("folder %s came back changed", got.Folder)
		}
	}
	for _, text := range historytest.Evil[:3] {
		if found := ask(t, s, store.Filter{Scenario: text}); len(found) != 1 {
			t.Errorf("%q is found %d times", text, len(found))
		}
	}
}

func TestFoldersOfEveryKind(t *testing.T) {
	const id = "20261123-184105-no-backup-mx-3fa9"
	good, err := record.Marshal(historytest.Population(1, 8)[7].Record)
	must(t, err)
	write := func(name, data string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { must(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644)) }
	}
	for _, c := range []struct {
		name, folder string
		fill         func(t *testing.T, dir string)
		want         history.Outcome // empty: holds no drill
		problem      string
	}{
		{"a run", "any name", write("record.json", string(good)), history.Passed, "the record is of run"},
		{"killed at once", id, func(*testing.T, string) {}, history.NoRecord, "killed"},
		{"killed later", "any", write("scenario.yaml", "x"), history.NoRecord, "killed"},
		{"kept up by hand", id, write("events.jsonl", "{}"), "", ""},
		{"something else", "calibration-1", write("calibration.json", "{}"), "", ""},
		{"empty record", id, write("record.json", ""), history.Unreadable, "unexpected end"},
		{"cut record", id, write("record.json", string(good[:900])), history.Unreadable, "unexpected end"},
		{"another schema", id, write("record.json", `{"schema":"maildrill/record/v9"}`), history.Unreadable, "v9"},
		{"no verdict", id, write("record.json", `{"schema":"maildrill/record/v1","verdict":"splendid"}`), history.Unreadable, "splendid"},
		{"verdict missing", id, write("record.json", `{"schema":"maildrill/record/v1"}`), history.Unreadable, "no verdict"},
		{"dirty, of no verdict", id, write("record.json", `{"schema":"maildrill/record/v1","dirty":true}`), history.Dirty, ""},
		{"too large a number", id, write("record.json", strings.Replace(string(good), `"seed": `, `"seed": 9999999999`, 1)), history.Unreadable, "cannot unmarshal"},
		{"a folder for a record", id, func(t *testing.T, dir string) { must(t, os.Mkdir(filepath.Join(dir, "record.json"), 0o755)) }, history.Unreadable, "is no file"},
		{"a pipe for a record", id, func(t *testing.T, dir string) { must(t, syscall.Mkfifo(filepath.Join(dir, "record.json"), 0o644)) }, history.Unreadable, "is no file"},
		{"a link to nowhere", id, func(t *testing.T, dir string) { must(t, os.Symlink("nowhere", filepath.Join(dir, "record.json"))) }, history.NoRecord, "no record.json"},
		{"a folder of no text", "\xff\x01", write("record.json", string(good)), history.Passed, "the record is of run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			dir := filepath.Join(root, c.folder)
			must(t, os.Mkdir(dir, 0o755))
			c.fill(t, dir)
			must(t, os.WriteFile(filepath.Join(root, "x.series.json"), nil, 0o644))
			s := open(t, root)
			done := sync(t, s)
			found := ask(t, s, store.Filter{})
			if c.want == "" {
				if len(found) != 0 || len(done.Others) != 1 {
					t.Errorf("%+v is a drill", found)
				}
				return
			}
			if len(found) != 1 || found[0].Folder != c.folder || found[0].Outcome != c.want || !strings.Contains(found[0].Problem, c.problem) {
				t.Errorf("found %+v, want %s with %q", found, c.want, c.problem)
			}
		})
	}
}

// What several drills said together is no drill, and no foreign folder either.
func TestSummariesAreNoForeignFolders(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{history.Suites, history.Sweeps} {
		must(t, os.Mkdir(filepath.Join(root, name), 0o755))
	}
	if done := sync(t, open(t, root)); done.Runs != 0 || len(done.Others) != 0 {
		t.Errorf("%+v, want neither runs nor others", done)
	}
}

// A run that is still going becomes one with a record.
func TestARunThatEndsGetsItsRecord(t *testing.T) {
	root := t.TempDir()
	m := historytest.Population(1, 8)[7]
	m.Outcome = history.NoRecord
	historytest.WriteRun(t, root, m)
	s := open(t, root)
	sync(t, s)
	if got := ask(t, s, store.Filter{})[0]; got.Outcome != history.NoRecord || !got.Started.Equal(m.Started) || got.StartedBy != history.ByName {
		t.Errorf("%+v", got)
	}
	m.Outcome = history.Passed
	historytest.WriteRun(t, root, m)
	sync(t, s)
	if got := ask(t, s, store.Filter{})[0].Outcome; got != history.Passed {
		t.Errorf("%s", got)
	}
}
