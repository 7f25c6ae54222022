package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
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
	var all []string
	for _, command := range [][]string{
		{"docker", "ps", "-a", "--format", "container {{.ID}}"},
		{"docker", "network", "ls", "--format", "network {{.Name}}"},
		{"docker", "volume", "ls", "--format", "volume {{.Name}}"},
		{"losetup", "-a"},
	} {
		out, err := exec.Command(command[0], command[1:]...).Output()
		if err != nil {
			t.Fatalf("%v: %v", command, err)
		}
		all = append(all, strings.Split(strings.TrimSpace(string(out)), "\n")...)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, strings.Split(strings.TrimSpace(string(mounts)), "\n")...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
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

// started is a maildrill that runs a drill.
type started struct {
	*exec.Cmd
	out    string
	stderr *bytes.Buffer
}

func startDrill(t *testing.T, args ...string) *started {
	t.Helper()
	out := t.TempDir()
	s := &started{Cmd: exec.Command(program(t), append(args, "--out", out)...), out: out, stderr: &bytes.Buffer{}}
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
