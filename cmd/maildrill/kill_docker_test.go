package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// leaseAndWork bounds how long the keeper may take: its lease and the time
// that the engine needs to remove everything.
const leaseAndWork = 40 * time.Second

// killPoints are moments of a run: those before the keeper lives, by what the
// engine lists, the later ones by what the history says.
var killPoints = []struct {
	name    string
	reached func(*testing.T, *started) bool
}{
	{"planned", told(`"run.planned"`)},
	{"keeper made", func(t *testing.T, s *started) bool {
		return s.folder() != "" && output(t, "docker", "ps", "-aq", "--filter", "label=maildrill.run="+s.run()) != ""
	}},
	{"keeper lives", func(t *testing.T, s *started) bool {
		return s.folder() != "" && output(t, "docker", "ps", "-q", "--filter", "label=maildrill.run="+s.run()) != ""
	}},
	{"baseline", told(`"phase"`, "baseline")},
	{"fault held", told(`"fault.injected"`)},
	{"reverted", told(`"fault.reverted"`)},
	{"scan", told(`"scan"`)},
}

// told is reached when the history has a line with all of the words.
func told(words ...string) func(*testing.T, *started) bool {
	return func(_ *testing.T, s *started) bool { return s.reached(words...) }
}

func TestDockerKilledRunLeavesNothing(t *testing.T) {
	for _, at := range killPoints {
		t.Run(at.name, func(t *testing.T) {
			before := settled(t)
			s := startDrill(t, "run", "single-server-crash", "--lease", "3s")
			eventually(t, 3*time.Minute, "the run reaches "+at.name, func() bool { return at.reached(t, s) })
			if err := s.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = s.Wait()
			unchanged(t, leaseAndWork, before, func() string { return hostState(t) })
		})
	}
}

// settled is the state of the host when the run before is gone: one that is killed
// early may leave the engine with an order to make a container.
func settled(t *testing.T) string {
	t.Helper()
	eventually(t, leaseAndWork, "the run before is gone", func() bool {
		return output(t, "docker", "ps", "-aq", "--filter", "label=maildrill") == ""
	})
	return hostState(t)
}

func TestDockerCleanupAfterKeeperDiedToo(t *testing.T) {
	before := hostState(t)
	s := startDrill(t, "run", "single-server-crash", "--lease", "60s")
	eventually(t, 3*time.Minute, "the fault is held", func() bool { return s.reached(`"fault.injected"`) })
	keeper := output(t, "docker", "ps", "-q", "--filter", "label=maildrill=keeper")
	if keeper == "" {
		t.Fatal("no keeper runs")
	}
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	output(t, "docker", "kill", keeper)
	if hostState(t) == before {
		t.Fatal("nothing was left; the test proves nothing")
	}
	if out, err := exec.Command(program(t), "cleanup", s.run()).CombinedOutput(); err != nil {
		t.Fatalf("cleanup: %v\n%s", err, out)
	}
	if after := hostState(t); after != before {
		t.Errorf("after cleanup:\n%s\nbefore:\n%s", after, before)
	}
}

func TestDockerInterruptedRunEndsClean(t *testing.T) {
	before := hostState(t)
	s := startDrill(t, "run", "single-server-crash")
	eventually(t, 3*time.Minute, "the fault is held", func() bool { return s.reached(`"fault.injected"`) })
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
	if code := s.ProcessState.ExitCode(); code != 4 {
		t.Errorf("exit code %d, want 4", code)
	}
	for _, file := range []string{"record.json", "junit.xml", "summary.md"} {
		output(t, "test", "-s", s.folder()+"/"+file)
	}
	if after := hostState(t); after != before {
		t.Errorf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

func output(t *testing.T, command ...string) string {
	t.Helper()
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return strings.TrimSpace(string(out))
}
