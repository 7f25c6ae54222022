package register_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

// state is what a crash leaves of an append.
type state struct {
	name                        string
	leaves, checkpoint, pending []byte
}

// states are all that a crash can leave between the two registers: the pending file
// is put in place whole, the leaves may end at any byte.
func states(before, after register.Files, plan []byte) []state {
	all := []state{{"decided", before.Leaves, before.Checkpoint, plan}}
	for n := len(before.Leaves) + 1; n < len(after.Leaves); n += 37 {
		all = append(all, state{fmt.Sprintf("%d of %d bytes", n, len(after.Leaves)), after.Leaves[:n], before.Checkpoint, plan})
	}
	all = append(all, state{"all leaves", after.Leaves, before.Checkpoint, plan})
	return append(all, state{"not tidied up", after.Leaves, after.Checkpoint, plan})
}

// An append that was cut off anywhere is completed by the next one, and shown as
// complete until then.
func TestAnAppendThatWasCutOffIsCompleted(t *testing.T) {
	dir, key, r := begun(t)
	files := func() register.Files {
		return register.Files{Leaves: read(t, filepath.Join(dir, register.LeavesFile)), Checkpoint: read(t, filepath.Join(dir, register.CheckpointFile))}
	}
	_, err := r.Start(t.Context(), "a", evidencetest.Start())
	must(t, err)
	before := files()
	_, err = r.Start(t.Context(), "b", evidencetest.Start())
	must(t, err)
	after := files()
	plan, err := json.Marshal(map[string]string{"leaves": string(after.Leaves[len(before.Leaves):]), "checkpoint": string(after.Checkpoint)})
	must(t, err)
	for _, s := range states(before, after, plan) {
		put(t, dir, s)
		if v, err := register.Read(t.Context(), dir, key.Public()); err != nil || len(v.Defects) > 0 || len(v.Leaves) != 2 {
			t.Errorf("%s: shown as %d leaves, %v, %v", s.name, len(v.Leaves), v.Defects, err)
		}
		place, err := r.Start(t.Context(), "c", evidencetest.Start())
		if err != nil || place.Index != 2 {
			t.Errorf("%s: the next append: %+v, %v", s.name, place, err)
		}
		if got := files(); !bytes.HasPrefix(got.Leaves, after.Leaves) || exists(filepath.Join(dir, "pending")) {
			t.Errorf("%s: leaves\n%s", s.name, got.Leaves)
		}
	}
}

func put(t *testing.T, dir string, s state) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, register.LeavesFile), s.leaves, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, register.CheckpointFile), s.checkpoint, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "pending"), s.pending, 0o644))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// A pending file that somebody wrote who does not have the key adds nothing.
func TestAPendingFileOfAStrangerAddsNothing(t *testing.T) {
	dir, _, r := begun(t)
	_, err := r.Start(t.Context(), "a", evidencetest.Start())
	must(t, err)
	leaves, checkpoint := read(t, filepath.Join(dir, register.LeavesFile)), read(t, filepath.Join(dir, register.CheckpointFile))
	old := filepath.Join(t.TempDir(), "register") // of the same name, another key
	evidencetest.Register(t, old, evidencetest.Key(t))
	for name, plan := range map[string]any{
		"no signature": map[string]string{"leaves": string(leaves), "checkpoint": "example\n1\nx\n"},
		"another key":  map[string]string{"leaves": string(leaves), "checkpoint": string(read(t, filepath.Join(old, register.CheckpointFile)))},
		"no JSON":      "...",
	} {
		b, err := json.Marshal(plan)
		must(t, err)
		put(t, dir, state{leaves: leaves, checkpoint: checkpoint, pending: b})
		if _, err := r.Start(t.Context(), "b", evidencetest.Start()); err == nil || !strings.Contains(err.Error(), "pending: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// appender is the test binary as a process that appends until it is killed, or so
// many runs: TestMain calls it.
func appender(where, name, runs string) error {
	key, err := keys.Load(os.Getenv)
	if err != nil {
		return err
	}
	r, err := register.Open(where, key)
	if err != nil {
		return err
	}
	var most int
	if _, err := fmt.Sscan(runs, &most); err != nil {
		return err
	}
	for n := 0; n < most; n++ {
		place, err := r.Start(context.Background(), fmt.Sprintf("%s-%d", name, n), evidencetest.Start())
		if err != nil {
			return err
		}
		fmt.Println(place.Index)
	}
	return nil
}

// spawn starts an appender.
func spawn(t *testing.T, line, where, name string, runs int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], where, name, fmt.Sprint(runs))
	cmd.Env = append(os.Environ(), "REGISTER_APPENDER=1", keys.Variable+"="+line)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// Killed again and again in the middle of its work: what it was told is durable is
// there, and the register is whole.
func TestKilledAppendersLoseNothing(t *testing.T) {
	key, line, err := keys.Generate(evidencetest.Origin)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "register")
	r := evidencetest.Register(t, dir, key)
	told := map[string]string{}
	for round := range 12 {
		name := fmt.Sprintf("round%d", round)
		cmd, said := spawn(t, line, dir, name, 1<<20)
		for n := 0; n <= 3+round && said.Scan(); n++ {
			told[fmt.Sprintf("%s-%d", name, n)] = said.Text()
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
	_, err = r.Start(t.Context(), "last", evidencetest.Start())
	must(t, err)
	v, err := register.Read(t.Context(), dir, key.Public())
	must(t, err)
	if len(v.Defects) > 0 {
		t.Fatal(v.Defects)
	}
	for _, run := range v.Runs(time.Now()) {
		if index, ok := told[run.ID]; ok && index != fmt.Sprint(run.Index) {
			t.Errorf("%s was told leaf %s and has %d", run.ID, index, run.Index)
		}
		delete(told, run.ID)
	}
	if len(told) > 0 {
		t.Errorf("lost: %v", told)
	}
}
