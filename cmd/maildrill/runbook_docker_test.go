package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maildrill/harness"
	"maildrill/harness/record"
)

// TestDockerRunbook plays every kind of action on real servers, in one topology.
// One of them hangs: it is given up, and so is its script.
func TestDockerRunbook(t *testing.T) {
	before := settled(t)
	s := startDrill(t, "run", "testdata/runbook.yaml")
	eventually(t, 4*time.Minute, "the manual step is waited for", func() bool {
		return s.folder() != "" && len(harness.Folder(s.folder()).Waiting()) > 0
	})
	left := exec.Command("docker", "top", "maildrill-"+s.run()+"-store1")
	if out, err := left.CombinedOutput(); err != nil || strings.Contains(string(out), "sleep 345") {
		t.Errorf("the script that was given up goes on: %v\n%s", err, out)
	}
	if out, err := exec.Command(program(t), "ack", s.folder(), "ask", "--by", "Ann", "--note", "she agrees").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_ = s.Wait()
	b, err := os.ReadFile(filepath.Join(s.folder(), "record.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r record.Record
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	says := map[string]string{"look": "to standard error", "save": "mail.tar", "move": "mx1.drill.test lead to mx3", "renew": "image maildrill/postfix:"}
	for _, a := range r.Actions {
		want := record.Done
		if a.Step == "hangs" {
			want, says["hangs"] = record.TimedOut, "before"
		}
		if a.Result != want || !strings.Contains(a.Output, says[a.Step]) || strings.Contains(a.Output, "\x1b") {
			t.Errorf("%s: %s (%s), want %s; it printed %q", a.Step, a.Result, a.Error, want, a.Output)
		}
		if a.Step == "ask" && (a.AcknowledgedBy != "Ann" || a.Via != "ack" || a.Note != "she agrees") {
			t.Errorf("acknowledged by %q (%s): %q", a.AcknowledgedBy, a.Via, a.Note)
		}
	}
	if r.Verdict != record.Inconclusive || r.Dirty || r.Accounting.Lost != 0 {
		t.Errorf("verdict %s (%s), dirty %v, %d lost; want inconclusive for the step that hung", r.Verdict, r.Reason, r.Dirty, r.Accounting.Lost)
	}
	if after := hostState(t); after != before {
		t.Errorf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

// TestDockerKilledDuringAnAction: nothing is left, whatever went on in a node.
func TestDockerKilledDuringAnAction(t *testing.T) {
	before := settled(t)
	s := startDrill(t, "run", "testdata/runbook.yaml", "--lease", "3s")
	eventually(t, 4*time.Minute, "an action goes on", func() bool { return s.reached(`"action.began"`, "hangs") })
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	unchanged(t, leaseAndWork, before, func() string { return hostState(t) })
}
