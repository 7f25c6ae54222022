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

// TestDockerInit plays the starter of each configuration and of each Compose project on
// real servers: it comes to a verdict, mail is delivered before and after the fault, and
// none of it is lost. Who has planted which defect does not matter there, as a crash of
// the process shows none of them: the one of a queue on no volume has a drill of its own,
// and the line that mends it another.
func TestDockerInit(t *testing.T) {
	before, watch := hostState(t), watchTraffic(t)
	for variable, kind := range composeBases {
		t.Setenv(variable, serverImage(t, kind))
	}
	planted := within(absolute(t, "testdata/compose/docker-mailserver"), []string{"update.yaml", "update-mended.yaml"})
	out, binary, testdata := t.TempDir(), program(t), absolute(t, "testdata")
	t.Chdir(t.TempDir())
	drills := append(starters(t, testdata), planted...)
	said, _ := exec.Command(binary, append([]string{"run", "--out", out, "--jobs", "3"}, drills...)...).CombinedOutput()
	sound(t, keptRecords(t, out), len(drills))
	watch.none(t, "example.com", "example.org", "example.net", "spamhaus.org")
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	if t.Failed() {
		t.Logf("%s", said)
	}
}

// starters writes the first drill of each system, here.
func starters(t *testing.T, testdata string) (files []string) {
	t.Helper()
	for _, tree := range trees {
		initTree(t, filepath.Join(testdata, "servers"), tree.name, append([]string{patientRTO}, tree.args...))
		files = append(files, tree.name+".yaml")
	}
	for _, c := range composeProjects {
		initTree(t, filepath.Join(testdata, "compose"), c.name, []string{patientRTO, "--compose", c.file})
		files = append(files, c.name+".yaml")
	}
	return files
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	must(t, err)
	return path
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

// sound wants each drill to have ended as it declares, or else to have come to a true
// verdict with every message accounted for.
func sound(t *testing.T, records []record.Record, want int) {
	t.Helper()
	for _, r := range records {
		a := r.Accounting
		right := (r.Verdict == record.Passed || r.Verdict == record.Failed) && a.Lost+a.Unknown == 0 && a.Delivered >= a.Accepted && a.Accepted > 0
		if r.Expect != nil {
			right = r.Expect.Met
		}
		t.Logf("%s: %s (%s)", r.Scenario.Name, r.Verdict, r.Reason)
		if !right {
			t.Errorf("%s: %s (%s), %+v", r.Scenario.Name, r.Verdict, r.Reason, a)
		}
	}
	if len(records) != want {
		t.Errorf("%d of %d drills have a record", len(records), want)
	}
}
