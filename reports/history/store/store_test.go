package store_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/history"
	"maildrill/reports/history/historytest"
	"maildrill/reports/history/store"
)

func open(t *testing.T, root string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func sync(t *testing.T, s *store.Store) store.Synced {
	t.Helper()
	done, err := s.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func ask(t *testing.T, s *store.Store, f store.Filter) []history.Run {
	t.Helper()
	runs, err := s.Runs(t.Context(), f.Query())
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func quiet(t *testing.T, s *store.Store) {
	t.Helper()
	if n := s.Notices(); len(n) > 0 {
		t.Errorf("notices %q, want none", n)
	}
}

// filled makes a folder of runs.
func filled(t *testing.T, n int) (root string, made []historytest.Made) {
	root = t.TempDir()
	made = historytest.Population(1, n)
	historytest.Write(t, root, made)
	return root, made
}

func TestEveryRunIsKeptAsItsRecordSays(t *testing.T) {
	root, made := filled(t, 60)
	s := open(t, root)
	if done := sync(t, s); done.Runs != 60 || done.Read != 60 {
		t.Fatalf("synced %+v", done)
	}
	quiet(t, s)
	runs := ask(t, s, store.Filter{})
	if len(runs) != len(made) {
		t.Fatalf("%d runs, want %d", len(runs), len(made))
	}
	for i, m := range made {
		got := runs[i]
		if got.Outcome != m.Outcome || got.Folder != m.ID() || !got.Started.Equal(m.Started) {
			t.Errorf("run %d is %s %s at %v, want %s %s at %v", i, got.Folder, got.Outcome, got.Started, m.ID(), m.Outcome, m.Started)
		}
		if !got.HasRecord() {
			if got.Problem == "" || got.Scenario.Name != m.Scenario.Name {
				t.Errorf("%s: problem %q, scenario %q", got.Folder, got.Problem, got.Scenario.Name)
			}
			continue
		}
		want := history.Of(m.ID(), read(t, filepath.Join(root, m.ID())), time.Time{})
		want.SHA256 = got.SHA256
		if !reflect.DeepEqual(normal(got), normal(want)) {
			t.Errorf("run %d is\n%+v\nwant\n%+v", i, got, want)
		}
	}
}

func read(t *testing.T, dir string) record.Record {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "record.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := record.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// normal makes empty lists nil.
func normal(r history.Run) history.Run {
	for _, l := range []*[]string{&r.Scenario.Tags, &r.Scenario.Causes, &r.Scenario.Mitigations, &r.Scenario.Controls, &r.FailedGates} {
		if len(*l) == 0 {
			*l = nil
		}
	}
	return r
}

func TestSyncReadsOnlyWhatChanged(t *testing.T) {
	root, made := filled(t, 24)
	old := time.Now().Add(-time.Hour)
	for _, m := range made {
		if m.Outcome != history.NoRecord {
			must(t, os.Chtimes(filepath.Join(root, m.ID(), "record.json"), old, old))
		}
	}
	s := open(t, root)
	sync(t, s)
	before := ask(t, s, store.Filter{})
	if again := sync(t, s); again.Read != 0 || again.Removed != 0 || again.Runs != 24 {
		t.Errorf("nothing changed, and %+v was done", again)
	}
	last := made[len(made)-1]
	last.Record.Verdict, last.Outcome = record.Failed, history.Failed
	historytest.WriteRun(t, root, last)
	if err := os.RemoveAll(filepath.Join(root, made[0].ID())); err != nil {
		t.Fatal(err)
	}
	s = open(t, root) // another process
	if done := sync(t, s); done.Read != 1 || done.Removed != 1 || done.Runs != 23 {
		t.Errorf("one changed, one gone: %+v", done)
	}
	after := ask(t, s, store.Filter{})
	if len(after) != 23 || after[22].Outcome != history.Failed || after[0].Folder != before[1].Folder {
		t.Errorf("%d runs, the last is %s", len(after), after[len(after)-1].Outcome)
	}
	quiet(t, s)
}

// A record that is written again within the grain of time stamps, with the same
// size, is seen all the same.
func TestAChangeWithinTheGrainOfStampsIsSeen(t *testing.T) {
	root := t.TempDir()
	made := historytest.Population(3, 8)[7]
	historytest.WriteRun(t, root, made)
	path := filepath.Join(root, made.ID(), "record.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, root)
	sync(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(string(data), `"verdict": "passed"`, `"verdict": "failed"`, 1)
	if err := os.WriteFile(path, []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	sync(t, s)
	if got := ask(t, s, store.Filter{})[0].Verdict; got != record.Failed {
		t.Errorf("the verdict is still %s", got)
	}
}

func TestAQueryPicksRuns(t *testing.T) {
	root, made := filled(t, 80)
	s := open(t, root)
	sync(t, s)
	from, to := made[10].Started, made[30].Started
	for _, c := range []struct {
		name   string
		filter store.Filter
		keep   func(historytest.Made) bool
	}{
		{"scenario", store.Filter{Scenario: "site-is-lost"}, func(m historytest.Made) bool { return m.Scenario.Name == "site-is-lost" }},
		{"outcome", store.Filter{Outcome: history.NoRecord}, func(m historytest.Made) bool { return m.Outcome == history.NoRecord }},
		{"time", store.Filter{From: from, To: to}, func(m historytest.Made) bool { return !m.Started.Before(from) && m.Started.Before(to) }},
		{"both", store.Filter{Scenario: "smarthost-down", From: from}, func(m historytest.Made) bool {
			return m.Scenario.Name == "smarthost-down" && !m.Started.Before(from)
		}},
		{"SQL", store.Filter{Scenario: "x' OR '1'='1"}, func(historytest.Made) bool { return false }},
	} {
		var want, got []string
		for _, m := range made {
			if c.keep(m) {
				want = append(want, m.ID())
			}
		}
		for _, r := range ask(t, s, c.filter) {
			got = append(got, r.Folder)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v (%+v)", c.name, got, want, c.filter.Query())
		}
	}
	latest := ask(t, s, store.Filter{Latest: 3})
	if len(latest) != 3 || latest[0].Folder != made[79].ID() || len(latest[0].Objectives) == 0 {
		t.Errorf("the latest three are %v", latest)
	}
}

func TestSyncIsAllOrNothing(t *testing.T) {
	root, _ := filled(t, 16)
	s := open(t, root)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Sync(ctx); err == nil {
		t.Fatal("a cancelled sync succeeded")
	}
	if n := len(ask(t, s, store.Filter{})); n != 0 {
		t.Errorf("%d runs after a sync that did not take place", n)
	}
	sync(t, s)
	if n := len(ask(t, s, store.Filter{})); n != 16 {
		t.Errorf("%d runs, want 16", n)
	}
}

func TestTheSameRunInTwoFoldersCountsOnce(t *testing.T) {
	root := t.TempDir()
	m := historytest.Population(1, 8)[7]
	historytest.WriteRun(t, root, m)
	if err := os.CopyFS(filepath.Join(root, "0-a-copy"), os.DirFS(filepath.Join(root, m.ID()))); err != nil {
		t.Fatal(err)
	}
	s := open(t, root)
	sync(t, s)
	var copies []string
	for _, r := range ask(t, s, store.Filter{}) {
		copies = append(copies, r.Folder+"<-"+r.CopyOf)
	}
	if want := []string{"0-a-copy<-" + m.ID(), m.ID() + "<-"}; !slices.Equal(copies, want) {
		t.Errorf("%v, want %v", copies, want)
	}
	if err := os.RemoveAll(filepath.Join(root, m.ID())); err != nil {
		t.Fatal(err)
	}
	sync(t, s)
	if left := ask(t, s, store.Filter{}); len(left) != 1 || left[0].CopyOf != "" {
		t.Errorf("the only folder of the run is called a copy: %+v", left)
	}
}

func TestOpenWantsAFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(dir, "nowhere")} {
		if _, err := store.Open(t.Context(), path); err == nil {
			t.Errorf("%s was opened", path)
		}
		if _, err := store.OpenInMemory(t.Context(), path); err == nil {
			t.Errorf("%s was opened in memory", path)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("the folder was made")
	}
}
