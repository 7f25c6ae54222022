package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/inspect"
	"maildrill/scenarios"
)

func TestInspect(t *testing.T) {
	dir := t.TempDir()
	ours := filepath.Join(dir, "ours.yaml")
	const text = `apiVersion: maildrill/v1
kind: Topology
metadata: {name: ours, title: Ours}
nodes:
  mx1:
    roles: [mx]
    server: postfix
    mail: {domains: [drill.test], deliver_to: store1}
    settings: {mynetworks: "0.0.0.0/0"}
  store1:
    roles: [store]
    server: dovecot
    settings: {mail_fsync: never}
    volumes: [{name: mail}]
  watch1: {image: "ours/watch:1"}
  dns1: {roles: [dns]}
  outside: {roles: [outside]}
zones:
  drill.test:
    - {type: MX, value: 10 mx1.drill.test.}
    - {type: MX, value: 20 mx2.drill.test.}
`
	if err := os.WriteFile(ours, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want []string
	}{
		{"primary-backup-mx", exitPassed, []string{"OUTAGE  one-store", "store1 is the only store", "drill   maildrill run store-crash-unsupervised"}},
		{"backup-mx-takes-over", exitPassed, []string{"primary-backup-mx: ", "one-store"}},
		{ours, exitPassed, []string{"LOSS  queue-on-no-volume", "LOSS  fsync-never", "EXPOSURE  open-relay", "[mx1 /etc/postfix/main.cf:", "BOUNCE  mx-leads-nowhere", "an image of yours, ours/watch:1"}},
		{ours + " --fail-on loss", exitMissed, []string{"LOSS"}},
		{"two-sites --fail-on loss", exitPassed, []string{"DELAY"}},
		{"primary-backup-mx --rto 2h", exitPassed, []string{"one-store"}},
		{"primary-backup-mx --fail-on disaster", exitUsage, []string{"loss, bounce, exposure"}},
		{"primary-backup-mxx", exitUsage, []string{`did you mean "primary-backup-mx"?`}},
	} {
		code, stdout, stderr := commanded(t, append([]string{"inspect"}, strings.Fields(c.args)...)...)
		for _, want := range c.want {
			if code != c.code || !strings.Contains(stdout+stderr, want) {
				t.Errorf("inspect %s: exit %d, want %d and %q in\n%s%s", c.args, code, c.code, want, stdout, stderr)
			}
		}
		if strings.Contains(c.args, "--rto") && strings.Contains(stdout, "retries-later") {
			t.Errorf("inspect %s:\n%s", c.args, stdout)
		}
	}
	code, stdout, _ := commanded(t, "--json", "inspect", "single-server")
	var said struct{ Findings []inspect.Finding }
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || code != exitPassed || len(said.Findings) == 0 {
		t.Errorf("exit %d, %v: %s", code, err, stdout)
	}
}

// TestDrillsOfFindingsAreThere: what a finding says to run is in the library.
func TestDrillsOfFindingsAreThere(t *testing.T) {
	for _, r := range inspect.Rules {
		if r.Drill == "" {
			continue
		}
		if doc, problems, err := scenarios.Find(r.Drill); err != nil || len(problems) > 0 || doc.Scenario == nil {
			t.Errorf("%s: %s: %v %v", r.ID, r.Drill, err, problems)
		}
	}
}

// TestSuggest: the drills that fit are files that are valid where they are kept.
func TestSuggest(t *testing.T) {
	t.Chdir(t.TempDir())
	doc, _, _ := scenarios.FindTopology("single-mx")
	if err := os.WriteFile("ours.yaml", doc.Source, 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := commanded(t, "suggest", "ours.yaml", "--keep", "drills")
	if code != exitPassed || !strings.Contains(stdout, "shows the finding one-store") || !strings.Contains(stdout, "next: maildrill run drills") {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	files, _ := filepath.Glob("drills/*.yaml")
	if len(files) < 10 {
		t.Errorf("%d files", len(files))
	}
	if code, stdout, stderr = commanded(t, append([]string{"validate"}, files...)...); code != exitPassed {
		t.Errorf("validate: exit %d\n%s%s", code, stdout, stderr)
	}
	if code, _, stderr = commanded(t, "suggest", "ours.yaml", "--keep", "drills"); code != exitEnvironment || !strings.Contains(stderr, "is there already") {
		t.Errorf("again: exit %d %s", code, stderr)
	}
	if code, _, stderr = commanded(t, "suggest", "no-such.yaml"); code != exitUsage {
		t.Errorf("unknown: exit %d %s", code, stderr)
	}
	code, stdout, _ = commanded(t, "--json", "suggest", "single-mx")
	var said struct{ Suggestions []suggestion }
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || code != exitPassed || len(said.Suggestions) < 10 {
		t.Errorf("exit %d, %v", code, err)
	}
}
