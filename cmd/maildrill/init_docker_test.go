package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"maildrill/harness/docker/images"
	"maildrill/harness/record"
)

// composeBases are what the images of the Compose projects are built from, by the
// variable that names them.
var composeBases = map[string]string{"MAIL_BASE": "postfix+dovecot", "PROXY_BASE": "haproxy", "FILTER_BASE": "rspamd", "EXIM_BASE": "exim"}

// patientRTO is far from what two busy processors need: a time that is just at the limit
// is inconclusive.
const patientRTO = "--rto=50s"

// TestDockerInitFromCompose does the same for each Compose project, whose images are
// built for it.
func TestDockerInitFromCompose(t *testing.T) {
	before, watch := hostState(t), watchTraffic(t)
	testdata, err := filepath.Abs("testdata/compose")
	if err != nil {
		t.Fatal(err)
	}
	binary, out := program(t), t.TempDir()
	for variable, kind := range composeBases {
		t.Setenv(variable, serverImage(t, kind))
	}
	t.Chdir(t.TempDir())
	args := []string{"run", "--out", out, "--jobs", "1"} // two at a time disturb each other on two processors
	for _, c := range composeProjects {
		if code, stdout, stderr := commanded(t, "init", c.name, patientRTO, "--compose", filepath.Join(testdata, c.file)); code != exitPassed {
			t.Fatalf("%s: exit %d\n%s%s", c.name, code, stdout, stderr)
		}
		args = append(args, c.name+".yaml")
	}
	said, _ := exec.Command(binary, args...).CombinedOutput()
	sound(t, keptRecords(t, out), len(composeProjects))
	// What the queue on no volume costs, and that its line in the file mends it.
	dms := filepath.Join(testdata, "docker-mailserver")
	declared := exec.Command(binary, "run", "--out", t.TempDir(), "--as-declared", "--jobs", "1", filepath.Join(dms, "update.yaml"), filepath.Join(dms, "update-mended.yaml"))
	if more, err := declared.CombinedOutput(); err != nil {
		t.Errorf("the planted defect: %v\n%s", err, more)
	}
	watch.none(t, "example.com", "example.net", "example.org")
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	if t.Failed() {
		t.Logf("%s", said)
	}
}

// serverImage makes sure of the image of a kind of server, and gives its name.
func serverImage(t *testing.T, kind string) string {
	t.Helper()
	ref, _ := images.Ref(kind)
	if exec.Command("docker", "image", "inspect", ref).Run() == nil {
		return ref
	}
	if said, err := exec.Command(program(t), "images", "build", kind).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return ref
}

// sound wants each drill to have come to a true verdict, with every message accounted
// for.
func sound(t *testing.T, records []record.Record, want int) {
	t.Helper()
	for _, r := range records {
		a := r.Accounting
		if r.Verdict != record.Passed && r.Verdict != record.Failed || a.Lost+a.Unknown > 0 || a.Delivered < a.Accepted || a.Accepted == 0 {
			t.Errorf("%s: %s (%s), %+v", r.Scenario.Name, r.Verdict, r.Reason, a)
		}
	}
	if len(records) != want {
		t.Errorf("%d of %d drills have a record", len(records), want)
	}
}

// TestDockerInitFromServers plays the starter of each configuration on real servers:
// it comes to a verdict, mail is delivered before and after the fault, and none of it
// is lost. Who has planted which defect does not matter here: a crash of the process
// shows none of them.
func TestDockerInitFromServers(t *testing.T) {
	before, watch := hostState(t), watchTraffic(t)
	testdata, err := filepath.Abs("testdata/servers")
	if err != nil {
		t.Fatal(err)
	}
	binary, out := program(t), t.TempDir()
	t.Chdir(t.TempDir())
	args := []string{"run", "--out", out, "--jobs", "1"}
	for _, tree := range trees {
		initTree(t, testdata, tree.name, append([]string{patientRTO}, tree.args...))
		args = append(args, tree.name+".yaml")
	}
	said, _ := exec.Command(binary, args...).CombinedOutput()
	sound(t, keptRecords(t, out), len(trees))
	watch.none(t, "example.org", "example.net", "spamhaus.org")
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	if t.Failed() {
		t.Logf("%s", said)
	}
}
