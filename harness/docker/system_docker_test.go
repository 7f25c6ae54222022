package docker_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/docker"
	"maildrill/harness/topology"
)

// mortal is what a held node can do.
type mortal interface {
	topology.Instance
	topology.Execer
	topology.Queuer
	topology.Logger
	faults.Stater
	faults.Killer
	faults.Starter
	faults.Stopper
	faults.Pauser
	faults.Isolator
	faults.Signaller
	faults.PowerCutter
}

func instance(t *testing.T, s *docker.System, name string) mortal {
	t.Helper()
	i, ok := s.Instance(name)
	if !ok {
		t.Fatalf("no instance %s", name)
	}
	m, ok := i.(mortal)
	if !ok {
		t.Fatalf("%s (%T) lacks an ability", name, i)
	}
	return m
}

// greeting dials a node and reads its greeting, within a second.
func greeting(t *testing.T, s *docker.System, node string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	c, err := s.Dial(ctx, node, topology.SMTP)
	if err != nil {
		return "", err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	line := make([]byte, 64)
	n, err := c.Read(line)
	return strings.TrimSpace(string(line[:n])), err
}

// eventually waits until the node greets again.
func eventually(t *testing.T, s *docker.System, node string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		got, err := greeting(t, s, node)
		if err == nil && got == "220 "+node {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%s does not greet: %q, %v", node, got, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSystem(t *testing.T) {
	cli := needEngine(t)
	logs := t.TempDir()
	s := up(t, cli, shape(agentRef(t, cli), "mx1", "mx2", "store", "relay"), topology.Options{LogDir: logs, Lease: 20 * time.Second})
	mx1 := instance(t, s, "mx1")

	t.Run("dial", func(t *testing.T) {
		for _, name := range []string{"mx1", "mx2.drill.test", s.Environment()["address.store"][:strings.Index(s.Environment()["address.store"], " ")]} {
			if got, err := greeting(t, s, name); err != nil || !strings.HasPrefix(got, "220 ") {
				t.Errorf("greeting of %s = %q, %v", name, got, err)
			}
		}
		if _, err := s.Dial(t.Context(), "mx1", "26"); !errors.Is(err, topology.ErrRefused) {
			t.Errorf("dial a closed port = %v, want ErrRefused", err)
		}
	})
	t.Run("inside", func(t *testing.T) {
		for _, try := range []struct {
			command []string
			want    string
		}{
			{[]string{"/maildrill", "cat", "/etc/drill/deep/mx1"}, "hello mx1"},
			{[]string{"/maildrill", "cat", "/etc/resolv.conf"}, "options timeout:1 attempts:2"},
			{[]string{"/maildrill", "lookup", "store.drill.test"}, "198.1"},
		} {
			out, err := mx1.Exec(t.Context(), try.command)
			if err != nil || out.Code != 0 || !strings.Contains(string(out.Stdout), try.want) {
				t.Errorf("%v = %+v, %v; want %q", try.command, out, err, try.want)
			}
		}
	})
	t.Run("listen", func(t *testing.T) { testListen(t, s, mx1) })
	t.Run("signal", func(t *testing.T) { testSignal(t, mx1) })
	t.Run("crash", func(t *testing.T) { testCrash(t, s, mx1) })
	t.Run("freeze", func(t *testing.T) { testFreeze(t, s, mx1) })
	t.Run("freeze while programs start", func(t *testing.T) { testFreezeBesideExec(t, s, mx1) })
	t.Run("log", func(t *testing.T) {
		text, err := os.ReadFile(filepath.Join(logs, "mx1.log"))
		if err != nil || strings.Count(string(text), "greeting as 220 mx1\n") != 3 {
			t.Errorf("log of three lives = %q, %v", text, err)
		}
	})
}

func testListen(t *testing.T, s *docker.System, mx1 mortal) {
	l, err := s.Listen(t.Context(), topology.SMTP)
	must(t, err)
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			_, _ = io.WriteString(c, "220 bounce sink")
			_ = c.Close()
		}
	}()
	address := strings.Fields(s.Environment()["address.outside"])[0]
	out, err := mx1.Exec(t.Context(), []string{"/maildrill", "dial", address + ":25"})
	if err != nil || string(out.Stdout) != "220 bounce sink" {
		t.Errorf("dial the bounce sink = %+v, %v", out, err)
	}
}

func testSignal(t *testing.T, mx1 mortal) {
	before, err := mx1.Processes(t.Context(), "minion")
	if err != nil || len(before) != 1 {
		t.Fatalf("minions = %+v, %v; want one", before, err)
	}
	for _, step := range []struct{ signal, state string }{{"STOP", "T"}, {"CONT", "S"}} {
		if n, err := mx1.Signal(t.Context(), "minion", step.signal); n != 1 || err != nil {
			t.Fatalf("signal %s = %d, %v", step.signal, n, err)
		}
		if now, err := mx1.Processes(t.Context(), "minion"); err != nil || len(now) != 1 || now[0].State != step.state || now[0].Started != before[0].Started {
			t.Errorf("after %s: %+v, %v", step.signal, now, err)
		}
	}
	if n, err := mx1.Signal(t.Context(), "minion", "KILL"); n != 1 || err != nil {
		t.Fatalf("kill = %d, %v", n, err)
	}
	if now, err := mx1.Processes(t.Context(), "minion"); err != nil || len(now) != 0 {
		t.Errorf("after KILL: %+v, %v", now, err)
	}
}

// testCrash is what node.crash does, and what its proofs look at.
func testCrash(t *testing.T, s *docker.System, mx1 mortal) {
	ctx := t.Context()
	old, err := s.Dial(ctx, "mx1", topology.SMTP)
	must(t, err)
	defer old.Close()
	was, err := mx1.State(ctx)
	must(t, err)
	must(t, s.Hold(ctx, "crash", []topology.Undo{{Node: "mx1", Verb: "rejoin"}, {Node: "mx1", Verb: "start"}}))
	must(t, mx1.Isolate(ctx, time.Minute))
	must(t, mx1.Isolate(ctx, time.Minute))
	must(t, mx1.Kill(ctx, false))
	must(t, mx1.Kill(ctx, false))
	if st, err := mx1.State(ctx); err != nil || st.Running || st.ExitCode != 137 {
		t.Errorf("state after kill = %+v, %v", st, err)
	}
	_, _ = old.Read(make([]byte, 64)) // its greeting
	_ = old.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := old.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a flow that was established = %v, want silence", err)
	}
	if queued, err := mx1.Queue(ctx); err != nil || len(queued) != 1 || queued[0].Sender != "b.tok@bounce.test" || queued[0].Recipient != "u1@drill.test" {
		t.Errorf("queue of a dead node = %+v, %v", queued, err)
	}
	if _, err := greeting(t, s, "mx1"); !errors.Is(err, topology.ErrTimeout) {
		t.Errorf("dial a crashed node = %v, want ErrTimeout", err)
	}
	if n, on, err := mx1.Dropped(ctx); n == 0 || !on || err != nil {
		t.Errorf("dropped = %d, %v, %v; want some, on", n, on, err)
	}
	if got, err := greeting(t, s, "mx2"); err != nil || got != "220 mx2" {
		t.Errorf("bystander = %q, %v", got, err)
	}
	must(t, mx1.Rejoin(ctx))
	must(t, mx1.Rejoin(ctx))
	if n, on, err := mx1.Dropped(ctx); n != 0 || on || err != nil {
		t.Errorf("dropped after rejoin = %d, %v, %v", n, on, err)
	}
	if _, err := greeting(t, s, "mx1"); !errors.Is(err, topology.ErrRefused) {
		t.Errorf("dial a dead server in a live namespace = %v, want ErrRefused", err)
	}
	must(t, mx1.Start(ctx))
	must(t, mx1.Start(ctx))
	eventually(t, s, "mx1")
	if now, err := mx1.State(ctx); err != nil || now.Identity == was.Identity {
		t.Errorf("identity after restart = %q, was %q, %v", now.Identity, was.Identity, err)
	}
	must(t, s.Release(ctx, "crash"))
	t.Run("expiry", func(t *testing.T) {
		must(t, mx1.Isolate(ctx, 300*time.Millisecond))
		eventually(t, s, "mx1") // the kernel lets go by itself
		must(t, mx1.Rejoin(ctx))
	})
	t.Run("stop", func(t *testing.T) {
		must(t, mx1.Stop(ctx, 2*time.Second))
		if st, err := mx1.State(ctx); err != nil || st.Running || st.ExitCode != 0 {
			t.Errorf("state after stop = %+v, %v", st, err)
		}
		must(t, mx1.Start(ctx))
		eventually(t, s, "mx1")
	})
}

// A program that is being started when its container freezes must not make the
// engine deaf.
func testFreezeBesideExec(t *testing.T, s *docker.System, mx1 mortal) {
	ctx, cancel := context.WithCancel(t.Context())
	var programs sync.WaitGroup
	for range 2 {
		programs.Go(func() {
			for ctx.Err() == nil {
				_, _ = mx1.Exec(ctx, []string{"/maildrill", "cat", "/etc/resolv.conf"})
			}
		})
	}
	for range 10 {
		must(t, mx1.Pause(ctx))
		if st, err := mx1.State(ctx); err != nil || !st.Paused {
			t.Errorf("state = %+v, %v", st, err)
		}
		must(t, mx1.Resume(ctx))
	}
	cancel()
	programs.Wait()
	eventually(t, s, "mx1")
}

func testFreeze(t *testing.T, s *docker.System, mx1 mortal) {
	ctx := t.Context()
	must(t, mx1.Pause(ctx))
	must(t, mx1.Pause(ctx))
	if st, err := mx1.State(ctx); err != nil || !st.Paused {
		t.Errorf("state = %+v, %v", st, err)
	}
	if got, err := greeting(t, s, "mx1"); err == nil || errors.Is(err, topology.ErrTimeout) || errors.Is(err, topology.ErrRefused) {
		t.Errorf("frozen node = %q, %v; want a connection without a greeting", got, err)
	}
	must(t, mx1.Resume(ctx))
	must(t, mx1.Resume(ctx))
	eventually(t, s, "mx1")
}
