package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"maildrill/harness/control"
)

// startUp brings a topology up and waits until it can be reached.
func startUp(t *testing.T, args ...string) *started {
	t.Helper()
	s := startDrill(t, append([]string{"up"}, args...)...)
	eventually(t, 3*time.Minute, "the topology is up", func() bool {
		return s.folder() != "" && control.Alive(t.Context(), s.folder()+"/control") == nil
	})
	return s
}

// by runs a command on the topology and demands its exit code.
func (s *started) by(t *testing.T, code int, args ...string) string {
	t.Helper()
	c := exec.Command(program(t), append(args, "--run", s.folder())...)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	ended := new(exec.ExitError)
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != code {
		t.Fatalf("maildrill %v: exit code %d, want %d\n%s%s", args, got, code, out, said.String())
	}
	t.Logf("maildrill %s\n%s%s", strings.Join(args, " "), said.String(), out)
	return string(out)
}

func (s *started) standing(t *testing.T) control.Status {
	t.Helper()
	var status control.Status
	if err := json.Unmarshal([]byte(s.by(t, 0, "status", "--json")), &status); err != nil {
		t.Fatal(err)
	}
	return status
}

func TestDockerFaultsByHand(t *testing.T) {
	before := hostState(t)
	s := startUp(t, "primary-backup-mx")
	s.by(t, 0, "inject", "net.partition", "--on", "mx1-store1", "--for", "2s")
	s.by(t, 0, "inject", "net.loss", "--on", "mx1-store1", "--set", "rate=60%")
	s.by(t, 0, "inject", "node.crash", "--on", "mx2")
	s.by(t, exitUsage, "inject", "node.freeze", "--on", "mx2")
	s.by(t, 0, "status")
	status := s.standing(t)
	if len(status.Faults) != 2 || !status.Faults[0].Bites() || !status.Faults[1].Bites() {
		t.Errorf("faults %+v; want two that are in effect", status.Faults)
	}
	for _, n := range status.Nodes {
		if n.Name == "mx2" && (!strings.HasPrefix(n.State, "exited") || n.Health != "no answer") {
			t.Errorf("the crashed node is %+v", n)
		}
	}
	s.by(t, 0, "revert", "net.loss-1")
	s.by(t, 0, "revert", "--all")
	s.by(t, 0, "revert", "node.crash-1")
	if left := s.standing(t).Faults; len(left) > 0 {
		t.Errorf("still on: %+v", left)
	}
	s.by(t, 0, "inject", "node.freeze", "--on", "store1")
	output(t, program(t), "down", s.folder())
	if err := s.Wait(); err != nil {
		t.Errorf("up: %v", err)
	}
	if after := hostState(t); after != before {
		t.Errorf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

func TestDockerKilledHolderLeavesNothing(t *testing.T) {
	before := hostState(t)
	s := startUp(t, "single-server", "--lease", "3s")
	s.by(t, 0, "inject", "net.loss", "--on", "mail1", "--set", "rate=60%")
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	s.by(t, exitDirty, "status")
	eventually(t, leaseAndWork, "the host is as it was before", func() bool { return hostState(t) == before })
	output(t, program(t), "cleanup", s.run())
	if after := hostState(t); after != before {
		t.Errorf("after cleanup:\n%s\nbefore:\n%s", after, before)
	}
}

// TestDockerHolderAndKeeperKilled: then nobody is left but cleanup.
func TestDockerHolderAndKeeperKilled(t *testing.T) {
	before := hostState(t)
	s := startUp(t, "single-server", "--lease", "60s")
	s.by(t, 0, "inject", "node.freeze", "--on", "mail1")
	keeper := output(t, "docker", "ps", "-q", "--filter", "label=maildrill=keeper", "--filter", "label=maildrill.run="+s.run())
	if keeper == "" {
		t.Fatal("no keeper runs")
	}
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	output(t, "docker", "kill", keeper)
	output(t, program(t), "cleanup", s.run())
	if after := hostState(t); after != before {
		t.Errorf("after cleanup:\n%s\nbefore:\n%s", after, before)
	}
}
