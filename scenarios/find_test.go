package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLibrary(t *testing.T) {
	var smoke []string
	for _, e := range Library() {
		find, folder := Find, libraryFolder+"/"+e.Area
		if e.Kind == "Topology" {
			find, folder = FindTopology, topologyFolder
		}
		if e.Kind == "Scenario" && slices.Contains(e.Tags, "zoo") != (e.Area == "zoo") {
			t.Errorf("%s: the tag zoo and the folder zoo go together", e.Name)
		}
		d, problems, err := find(e.Name)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s %s: %v %v", e.Kind, e.Name, problems, err)
			continue
		}
		if want := folder + "/" + e.Name + ".yaml"; d.File != want {
			t.Errorf("%s is in %s, want %s", e.Name, d.File, want)
		}
		if e.Title == "" {
			t.Errorf("%s has no title", e.Name)
		}
		if e.Kind == "Scenario" {
			checkLibraryScenario(t, d.Scenario)
		}
		if slices.Contains(e.Tags, "smoke") {
			smoke = append(smoke, e.Name)
		}
	}
	want := []string{"backup-mx-takes-over", "frozen-primary", "no-backup-mx", "queue-manager-killed", "single-server-crash"}
	if !slices.Equal(smoke, want) {
		t.Errorf("suite smoke = %v, want %v", smoke, want)
	}
}

func checkLibraryScenario(t *testing.T, s *Scenario) {
	t.Helper()
	m := s.Metadata
	if m.Story == "" || s.Expect == nil {
		t.Errorf("%s has no story or no expect", m.Name)
	}
	if !slices.Contains(m.Tags, "instrument") && (len(m.Causes) == 0 || len(m.Mitigations) == 0) {
		t.Errorf("%s answers no requirement", m.Name)
	}
}

// TestTwin: a twin differs from its scenario in the topology only.
func TestTwin(t *testing.T) {
	with, _, _ := Find("backup-mx-takes-over")
	without, _, _ := Find("no-backup-mx")
	a, b := *with.Scenario, *without.Scenario
	a.Metadata, a.Expect, a.Topology = b.Metadata, b.Expect, b.Topology
	x, _ := Marshal(&a)
	y, _ := Marshal(&b)
	if string(x) != string(y) {
		t.Errorf("the twin differs:\n%s\n%s", x, y)
	}
}

func TestKnownTruthReachesEveryDefect(t *testing.T) {
	d, _, _ := Find("known-truth")
	topo, _ := d.ResolveTopology()
	defects := topo.Nodes[0].Defects
	if len(defects.Lose) != 7 || len(defects.Duplicate) != 5 || len(defects.Corrupt) != 3 {
		t.Errorf("defects: %+v", defects)
	}
	all := slices.Concat(defects.Lose, defects.Duplicate, defects.Corrupt)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || all[len(all)-1] >= 1900 {
		t.Errorf("sequence numbers overlap, or are not all offered: %v", all)
	}
}

func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"backup-mx-takeover": `did you mean "backup-mx-takes-over"?`,
		"no-such":            "`maildrill list scenarios`",
		"store-power-cut":    "has, among others, power-cut-store-synced, power-cut-store-unsynced, ",
		"./no-such.yaml":     "no such file",
	} {
		_, _, err := Find(name)
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), want) {
			t.Errorf("Find(%q): %v, want %s", name, err, want)
		}
	}
	if d, _, err := Find("single-mx"); err != nil || d.Topology == nil || d.Scenario != nil {
		t.Errorf("Find of a topology: %+v, %v", d, err)
	}
	if _, _, err := Load(t.TempDir()); err == nil {
		t.Error("Load of a folder: no error")
	}
}

func TestTopologyInAFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	src, _, _ := embedded(topologyFolder, "single-mx")
	write("ours.yaml", string(src))
	drill := write("drill.yaml", strings.Replace(sample, "primary-backup-mx", "./ours.yaml", 1))
	write("wrong.yaml", strings.Replace(sample, "primary-backup-mx", "drill.yaml", 1))

	d, problems, err := Load(drill)
	if err != nil || len(problems) > 0 {
		t.Fatalf("Load: %v %v", problems, err)
	}
	if topo, more := d.ResolveTopology(); topo == nil || topo.Metadata.Name != "single-mx" || len(more) > 0 {
		t.Errorf("ResolveTopology = %+v, %v", topo, more)
	}
	text := strings.Replace(string(d.Source), "on: mx1", "on: mx2", 1)
	p, problems := Parse(drill, []byte(text))
	if len(problems) > 0 {
		t.Errorf("Parse reads no files: %v", problems)
	}
	if _, more := p.ResolveTopology(); len(more) != 1 || !strings.Contains(more[0].Message, `unknown node "mx2"`) {
		t.Errorf("ResolveTopology after Parse: %v", more)
	}
	if _, problems, _ := Load(filepath.Join(dir, "wrong.yaml")); len(problems) != 1 || !strings.Contains(problems[0].Message, "is a scenario") {
		t.Errorf("a scenario for a topology: %v", problems)
	}
	if files, err := List(dir); err != nil || len(files) != 3 {
		t.Errorf("List = %v, %v", files, err)
	}
}
