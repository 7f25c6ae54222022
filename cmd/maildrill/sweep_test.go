package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/sweep"
)

func TestASweepThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"single-servr", `did you mean "single-server"?`, exitUsage},
		{"single-server --fault node.crsh", `did you mean "node.crash"?`, exitUsage},
		{"single-server --fault site.down", "breaks no node", exitUsage},
		{"single-server --only mx9", `no node "mx9"`, exitUsage},
		{"single-server --skip mail1 --skip dns1", "no node is left", exitUsage},
		{"single-server --rto smtp=8s", `there is no service "smtp"`, exitUsage},
		{"single-server --rto soon", "such as 8s or delivery=45s", exitUsage},
		{"single-server --for 0s", "more than 0", exitUsage},
		{"single-server --with graze=3s --fault node.stop", "graze", exitInvalid},
		{"single-server --loss 1.5", "no whole number", exitInvalid},
		{"single-server --runtime dcoker", "docker", exitUsage},
	} {
		code, _, stderr := commanded(t, append([]string{"sweep", "--runtime", "embedded", "--out", t.TempDir()}, strings.Fields(c.args)...)...)
		if code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("sweep %s: exit %d, want %d and %q in\n%s", c.args, code, c.code, c.want, stderr)
		}
	}
}

// TestSweep: the only server of a system is a single point of failure, in the
// table, in the files and in the exit code; and its scenario can be run again.
func TestSweep(t *testing.T) {
	t.Parallel()
	out, kept := t.TempDir(), t.TempDir()
	code, stdout, stderr := commanded(t, "sweep", "single-server", "--only", "mail1", "--runtime", "embedded", "--out", out, "--summary", filepath.Join(out, "s"), "--keep-scenarios", kept)
	if code != exitMissed || !strings.Contains(stdout, "1 SINGLE POINT OF FAILURE") || !strings.Contains(stdout, "SIMULATED") {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile(filepath.Join(out, "s", "sweep.json"))
	var found sweep.Sweep
	if err != nil || json.Unmarshal(text, &found) != nil || len(found.Points) != 1 || found.Points[0] != "mail1" || !found.Simulated {
		t.Errorf("%v: %s", err, text)
	}
	for _, n := range found.Nodes {
		if o, gone := n.Outages["mx"]; (n.Node == "mail1") != gone || gone && o.Low < 8 {
			t.Errorf("%+v", n)
		}
	}
	for _, file := range []string{"sweep.md", "sweep.html"} {
		if text, err := os.ReadFile(filepath.Join(out, "s", file)); err != nil || !strings.Contains(string(text), "mail1") {
			t.Errorf("%s: %v", file, err)
		}
	}
	if code, _, stderr := commanded(t, "validate", filepath.Join(kept, "sweep-single-server-mail1.yaml")); code != 0 {
		t.Errorf("the scenario that was kept: %s", stderr)
	}
}
