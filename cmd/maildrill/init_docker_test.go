package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"maildrill/harness/record"
)

// TestDockerInitFromServers plays the starter of each configuration on real servers:
// it comes to a verdict, mail is delivered before and after the fault, and none of it
// is lost. Who has planted which defect does not matter here: a crash of the process
// shows none of them.
func TestDockerInitFromServers(t *testing.T) {
	before := hostState(t)
	testdata, err := filepath.Abs("testdata/servers")
	if err != nil {
		t.Fatal(err)
	}
	binary, out := program(t), t.TempDir()
	t.Chdir(t.TempDir())
	args := []string{"run", "--out", out, "--jobs", "auto"}
	for _, tree := range trees {
		initTree(t, testdata, tree.name, tree.args)
		args = append(args, tree.name+".yaml")
	}
	said, _ := exec.Command(binary, args...).CombinedOutput()
	records := keptRecords(t, out)
	for _, r := range records {
		a := r.Accounting
		if r.Verdict != record.Passed && r.Verdict != record.Failed || a.Lost+a.Unknown > 0 || a.Delivered < a.Accepted || a.Accepted == 0 {
			t.Errorf("%s: %s (%s), %+v", r.Scenario.Name, r.Verdict, r.Reason, a)
		}
	}
	if len(records) != len(trees) {
		t.Errorf("%d of %d drills have a record", len(records), len(trees))
	}
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	if t.Failed() {
		t.Logf("%s", said)
	}
}
