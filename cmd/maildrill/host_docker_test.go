package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/agent/netrules"
)

// program is the built maildrill; tests on real containers need the file
// itself, because it becomes the image of agents and keeper.
func program(t *testing.T) string {
	t.Helper()
	if os.Getenv("MAILDRILL_TEST_DOCKER") == "" {
		t.Skip("SKIPPED: MAILDRILL_TEST_DOCKER is not set; `make test-docker` runs this on real containers")
	}
	path := os.Getenv("MAILDRILL_BINARY")
	if path == "" {
		t.Fatal("MAILDRILL_BINARY must name the built maildrill; `make test-docker` sets it")
	}
	return path
}

// hostState is what a drill must leave as it was.
func hostState(t *testing.T) string {
	t.Helper()
	all := strings.Split(engineState(t), "\n")
	devices, err := exec.Command("losetup", "-a").Output()
	must(t, err)
	all = append(all, strings.Split(strings.TrimSpace(string(devices)), "\n")...)
	mounts, err := os.ReadFile("/proc/self/mounts")
	must(t, err)
	all = append(all, strings.Split(strings.TrimSpace(string(mounts)), "\n")...)
	all = append(all, processesOfOurs()...)
	all = append(all, networkState(t)...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

// engineState is what a container engine has: the host's, or that of the
// environment.
func engineState(t *testing.T, env ...string) string {
	t.Helper()
	var all []string
	for _, command := range [][]string{
		{"docker", "ps", "-a", "--format", "container {{.ID}}"},
		{"docker", "network", "ls", "--format", "network {{.Name}}"},
		{"docker", "volume", "ls", "--format", "volume {{.Name}}"},
	} {
		c := exec.Command(command[0], command[1:]...)
		c.Env = append(os.Environ(), env...)
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%v: %v", command, err)
		}
		all = append(all, strings.TrimSpace(string(out)))
	}
	return strings.Join(all, "\n")
}

// networkState is what the kernel holds for the host's network, and for that
// of a container of somebody else's if there is one.
func networkState(t *testing.T) (all []string) {
	t.Helper()
	namespaces := []string{"/proc/self/ns/net"}
	if about, ok := strings.CutPrefix(bystanderState(), "bystander "); ok {
		all = append(all, about)
		namespaces = append(namespaces, "/proc/"+strings.Fields(about)[1]+"/ns/net")
	}
	for _, ns := range namespaces {
		found, err := netrules.Snapshot(ns)
		must(t, err)
		for what, lines := range found {
			for line := range strings.Lines(lines) {
				all = append(all, fmt.Sprintf("%s %s %s", ns, what, strings.TrimSpace(line)))
			}
		}
	}
	return all
}

// processesOfOurs are those that run the program of the agents' image.
func processesOfOurs() (all []string) {
	found, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range found {
		if exe, _ := os.Readlink(link); exe == "/maildrill" {
			all = append(all, "process "+link)
		}
	}
	return all
}

// eventually waits for a condition with a deadline.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// unchanged waits until a state is as it was, and else says what differs.
func unchanged(t *testing.T, limit time.Duration, before string, state func() string) {
	t.Helper()
	var now string
	for end := time.Now().Add(limit); time.Now().Before(end); <-time.After(200 * time.Millisecond) {
		if now = state(); now == before {
			return
		}
	}
	t.Errorf("after %v the host is not as it was:%s%s", limit, missing("gone: ", before, now), missing("left: ", now, before))
}

// missing names the lines of one state that the other lacks.
func missing(word, of, in string) (all string) {
	known := strings.Split(in, "\n")
	for line := range strings.SplitSeq(of, "\n") {
		if !slices.Contains(known, line) {
			all += "\n  " + word + line
		}
	}
	return all
}

// started is a maildrill that runs a drill.
type started struct {
	*exec.Cmd
	out    string
	stderr *bytes.Buffer
}

func startDrill(t *testing.T, args ...string) *started {
	t.Helper()
	out := t.TempDir()
	return startAs(t, exec.Command(program(t), append(args, "--out", out)...), out)
}

func startAs(t *testing.T, cmd *exec.Cmd, out string) *started {
	t.Helper()
	s := &started{Cmd: cmd, out: out, stderr: &bytes.Buffer{}}
	s.Stdout, s.Stderr = s.stderr, s.stderr
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.ProcessState == nil {
			_ = s.Process.Kill()
			_ = s.Wait()
		}
		if t.Failed() {
			t.Logf("maildrill said:\n%s", s.stderr)
		}
	})
	return s
}

// folder is the only run folder.
func (s *started) folder() string {
	found, _ := filepath.Glob(filepath.Join(s.out, "*"))
	if len(found) == 0 {
		return ""
	}
	return found[0]
}

// run is the run's id.
func (s *started) run() string { return filepath.Base(s.folder()) }

// reached tells whether the history has a line with all of the words.
func (s *started) reached(words ...string) bool {
	b, err := os.ReadFile(filepath.Join(s.folder(), "events.jsonl"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			return true
		}
	}
	return false
}
