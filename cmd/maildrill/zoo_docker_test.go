package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"maildrill/harness/record"
)

// zoo is what each record of the known-bad zoo must say beyond its verdict.
var zoo = map[string]func(record.Accounting) bool{
	"zoo-discarding-mx": func(a record.Accounting) bool {
		return a.Lost > a.Accepted/40 && a.Lost < a.Accepted/2 && a.Duplicates+a.Damaged+a.Unknown == 0
	},
	"zoo-truncating-filter": func(a record.Accounting) bool { // one size of two is cut
		return a.Damaged > a.Accepted/4 && a.Delivered > a.Accepted/4 && a.Lost+a.Duplicates+a.Unknown == 0
	},
	"zoo-impatient-relay": func(a record.Accounting) bool {
		return a.Duplicates > a.Accepted/20 && a.Lost+a.Damaged+a.Unknown == 0
	},
	"zoo-store-fsync-never": func(a record.Accounting) bool { // all of the baseline, nothing after it
		return a.Lost > 20 && a.Delivered > a.Accepted/4 && a.Damaged+a.Unknown == 0
	},
	"zoo-store-fsync-always": func(a record.Accounting) bool { return a.Delivered == a.Accepted && a.Accepted > 0 },
}

// keptRecords reads the record of every run below a folder.
func keptRecords(t *testing.T, out string) (all []record.Record) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "*", "record.json"))
	must(t, err)
	for _, file := range files {
		var r record.Record
		text, err := os.ReadFile(file)
		must(t, err)
		must(t, json.Unmarshal(text, &r))
		all = append(all, r)
	}
	return all
}

// TestDockerZoo runs every known-bad system on real servers: each must get the
// verdict that it is known to deserve, for the reason that it is known for.
func TestDockerZoo(t *testing.T) {
	before := hostState(t)
	out := t.TempDir()
	if said, err := exec.Command(program(t), "run", "--suite", "zoo", "--jobs", "3", "--out", out).CombinedOutput(); err != nil {
		t.Errorf("the zoo did not end as declared: %v\n%s", err, said)
	}
	seen := 0
	for _, r := range keptRecords(t, out) {
		holds, known := zoo[r.Scenario.Name]
		if !known {
			t.Errorf("of %s nobody has said what its accounting must show", r.Scenario.Name)
			continue
		}
		seen++
		t.Logf("%s: %s, %+v", r.Scenario.Name, r.Verdict, r.Accounting)
		if r.Expect == nil || !r.Expect.Met || !holds(r.Accounting) {
			t.Errorf("%s: %s (%s), which is not what it is known for", r.Scenario.Name, r.Verdict, r.Reason)
		}
	}
	if seen != len(zoo) {
		t.Errorf("%d of %d animals have a record", seen, len(zoo))
	}
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
}

// TestDockerKilledPowerCutLeavesNothing: devices, images and mounts go too.
func TestDockerKilledPowerCutLeavesNothing(t *testing.T) {
	before := hostState(t)
	s := startDrill(t, "run", "zoo-store-fsync-always", "--lease", "3s", "--set", "workload.rate=1/s")
	eventually(t, 3*time.Minute, "the power is cut", func() bool { return s.reached(`"fault.injected"`) })
	if hostState(t) == before {
		t.Error("nothing is there that could be left; the test proves nothing")
	}
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
}
