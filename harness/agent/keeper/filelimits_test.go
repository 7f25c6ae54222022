package keeper

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/rlimits"
)

// master is a kernel whose node is a shell, which has a child whenever its
// processes were listed: each is one too late for the list.
type master struct {
	*world
	*testing.T
	shell    faults.Process
	in       io.Writer
	out      *bufio.Reader
	children []faults.Process
}

func newMaster(t *testing.T) *master {
	t.Helper()
	c := exec.Command("sh")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	m := &master{T: t, in: in, out: bufio.NewReader(out)}
	m.shell, _ = look(c.Process.Pid)
	m.world = &world{running: map[string]bool{"c": true}, pid: c.Process.Pid}
	t.Cleanup(func() {
		for _, p := range m.children {
			if p, err := os.FindProcess(p.PID); err == nil {
				_ = p.Kill()
			}
		}
		_, _ = io.WriteString(in, "wait\n")
		_ = in.Close()
		_ = c.Wait()
	})
	return m
}

func (m *master) Beside(_ int, name string) ([]faults.Process, error) {
	found := []faults.Process{m.shell}
	if name == everyName {
		found = append(found, m.children...)
		m.fork()
	}
	return found, nil
}

func (m *master) fork() {
	m.Helper()
	if _, err := io.WriteString(m.in, "sleep 60 >&- & echo $!\n"); err != nil {
		m.Fatal(err)
	}
	var p faults.Process
	if _, err := fmt.Fscanln(m.out, &p.PID); err != nil {
		m.Fatal(err)
	}
	m.children = append(m.children, p)
}

// A child that is born while its parent's limit is given back does not keep the
// low one.
func TestNobodyInheritsALimitThatIsOver(t *testing.T) {
	m := newMaster(t)
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: m.world, kernel: m}
	before, err := rlimits.Files(m.shell.PID)
	if err != nil {
		t.Fatal(err)
	}
	spec := faults.LimitSpec{Resource: faults.FDs, Process: "sh", Spare: 8}
	rule, l := ruleOf(t, "few", faults.Limits, spec, time.Hour), &fileLimits{}
	if err := l.put(t.Context(), n, rule, spec); err != nil {
		t.Fatal(err)
	}
	m.fork()
	if err := l.take(t.Context(), n, "few"); err != nil {
		t.Fatal(err)
	}
	for _, p := range append(m.children, m.shell) {
		if now, err := rlimits.Files(p.PID); err != nil || now != before {
			t.Errorf("process %d of %v may open %d files, %v; want %d", p.PID, m.children, now, err, before)
		}
	}
}

// do has the shell carry out a command, and waits for it.
func (m *master) do(command string) {
	m.Helper()
	var said string
	if _, err := io.WriteString(m.in, command+"; echo done\n"); err != nil {
		m.Fatal(err)
	}
	if _, err := fmt.Fscanln(m.out, &said); err != nil || said != "done" {
		m.Fatalf("%s: %q, %v", command, said, err)
	}
}

// A server that was just serving a client when it was limited has room for another
// as soon as that one has left, unless the limit follows.
func TestALimitFollowsWhatIsClosed(t *testing.T) {
	m := newMaster(t)
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: m.world, kernel: m}
	before, err := rlimits.Files(m.shell.PID)
	if err != nil {
		t.Fatal(err)
	}
	m.do("exec 8</dev/null 9</dev/null")
	spec := faults.LimitSpec{Resource: faults.FDs, Process: "sh", Spare: 8}
	rule, l := ruleOf(t, "few", faults.Limits, spec, time.Hour), &fileLimits{}
	if err := l.put(t.Context(), n, rule, spec); err != nil {
		t.Fatal(err)
	}
	m.do("exec 8<&- 9<&-")
	m.fork() // it has the limit of before
	if standing := l.rules(n); len(standing) != 1 {
		t.Errorf("rules = %+v, want the one", standing)
	}
	open, err := rlimits.Open(m.shell.PID)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := rlimits.Files(m.shell.PID); err != nil || rlimits.Free(open, now) != 8 {
		t.Errorf("with %v open the limit is %d, %v: want one that leaves 8", open, now, err)
	}
	if err := l.take(t.Context(), n, "few"); err != nil {
		t.Fatal(err)
	}
	for _, p := range append(m.children, m.shell) {
		if now, err := rlimits.Files(p.PID); err != nil || now != before {
			t.Errorf("process %d may open %d files, %v; want %d", p.PID, now, err, before)
		}
	}
}
