package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"maildrill/harness/ledger"
)

// actor is a staged maildrill that runs the drill of a round.
type actor struct {
	*started
	at     map[string]position
	ready  *os.File
	resume func()
}

// arriveLimit is the time from the start of a run until all of its faults are
// at their positions.
const arriveLimit = 3 * time.Minute

// enter starts the drill of a round.
func enter(t *testing.T, round int, env ...string) *actor {
	t.Helper()
	a := &actor{at: map[string]position{}}
	scenario := a.scenario(t, round)
	stage, err := json.Marshal(a.at)
	must(t, err)
	ready, say, err := os.Pipe()
	must(t, err)
	hear, resume, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { _ = ready.Close(); _ = resume.Close() })
	out := t.TempDir()
	cmd := exec.Command("staged", "run", scenario, "--lease", lease.String(), "--out", out)
	cmd.Env = append(append(os.Environ(), stageEnv+"="+string(stage)), env...)
	cmd.ExtraFiles = []*os.File{say, hear}
	a.started = startAs(t, cmd, out)
	_, _ = say.Close(), hear.Close()
	a.ready, a.resume = ready, func() { _ = resume.Close() }
	return a
}

// scenario writes the drill of a round, and says who is to be where.
func (a *actor) scenario(t *testing.T, round int) string {
	all := casts(t)
	cast := all[round/len(positions)%len(all)]
	for i, f := range cast {
		a.at[f.name] = positions[(i+round)%len(positions)]
	}
	path := filepath.Join(t.TempDir(), "reversal.yaml")
	must(t, os.WriteFile(path, scenarioOf(t, cast), 0o644))
	return path
}

// arrived waits until every fault is at its position.
func (a *actor) arrived(t *testing.T) {
	t.Helper()
	must(t, a.ready.SetReadDeadline(time.Now().Add(arriveLimit)))
	if n, err := a.ready.Read(make([]byte, 1)); n == 0 {
		t.Fatalf("not every fault came to its position: %v; where they are:\n%s", err, a.whereabouts())
	}
}

// endLimit is the time in which a run that was struck comes to its end.
const endLimit = 5 * time.Minute

// ended waits for the end of maildrill.
func (a *actor) ended(t *testing.T) error {
	late := time.AfterFunc(endLimit, func() {
		t.Errorf("maildrill did not end within %v; where its faults are:\n%s", endLimit, a.whereabouts())
		_ = a.Process.Signal(syscall.SIGQUIT)
	})
	defer late.Stop()
	return a.Wait()
}

// wasThere demands that each fault was where it should be, and that those which
// had been made were there.
func (a *actor) wasThere(t *testing.T) {
	t.Helper()
	seen := map[string]map[string]string{}
	for _, e := range a.events(t) {
		if seen[e.Step] == nil {
			seen[e.Step] = map[string]string{}
		}
		if _, known := seen[e.Step][e.Kind]; !known {
			seen[e.Step][e.Kind] = string(e.Data)
		}
	}
	for step, p := range a.at {
		if _, ok := seen[step][p.Event]; !ok {
			t.Errorf("%s was never %s", step, p.Name)
		}
		if proof := seen[step][ledger.FaultProof]; p.Proven && !strings.Contains(proof, `"installed":true`) {
			t.Errorf("%s was made, and was not there: %s", step, proof)
		}
	}
}

// whereabouts is what the history last says of each step.
func (a *actor) whereabouts() string {
	text, _ := os.ReadFile(filepath.Join(a.folder(), "events.jsonl"))
	last := map[string]string{}
	for line := range bytes.Lines(text) {
		var e ledger.Event
		if json.Unmarshal(line, &e) == nil && e.Step != "" {
			last[e.Step] = e.Kind
		}
	}
	return fmt.Sprint(last)
}

func (a *actor) events(t *testing.T) (all []ledger.Event) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(a.folder(), "events.jsonl"))
	must(t, err)
	for line := range bytes.Lines(text) {
		var e ledger.Event
		if json.Unmarshal(line, &e) == nil { // a kill may cut the last one
			all = append(all, e)
		}
	}
	return all
}

// slay kills the main process of a container of ours as the kernel does when
// memory runs out: behind the engine's back.
func slay(t *testing.T, name string) {
	t.Helper()
	pid, err := strconv.Atoi(output(t, "docker", "inspect", "-f", "{{.State.Pid}}", "maildrill-"+name))
	must(t, err)
	if pid <= 1 {
		t.Fatalf("%s does not run", name)
	}
	must(t, syscall.Kill(pid, syscall.SIGKILL))
}

// startAnew starts every target again, whatever state its fault has put it in.
func startAnew(t *testing.T, run string) {
	for _, n := range targets {
		name := "maildrill-" + run + "-" + n
		_ = exec.Command("docker", "unpause", name).Run()
		_ = exec.Command("docker", "kill", name).Run()
		output(t, "docker", "start", name)
	}
}
