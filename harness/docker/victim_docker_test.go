package docker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"

	"maildrill/harness/agent/sweep"
	"maildrill/harness/docker"
	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

const victimLease = 15 * time.Second

// victim is a maildrill that is going to be killed: it starts a system, holds
// a fault, and waits. What it has reached, it prints.
func victim(image string) {
	ctx := context.Background()
	self, err := os.Executable()
	die(err)
	r, err := docker.New(ctx, docker.Config{Binary: os.Getenv("MAILDRILL_TEST_BINARY"), Guard: []string{self, "guard"}})
	die(err)
	fmt.Println("engine")
	s, err := r.Start(ctx, shape(image, "mx1", "mx2"), topology.Options{
		RunID: os.Getenv("MAILDRILL_TEST_RUN"), Lease: victimLease,
	})
	die(err)
	fmt.Println("started")
	mx1, _ := s.Instance("mx1")
	die(s.(topology.Undoer).Hold(ctx, "freeze", []topology.Undo{{Node: "mx1", Verb: "resume"}}))
	die(mx1.(mortal).Pause(ctx))
	die(mx1.(mortal).Isolate(ctx, time.Hour))
	fmt.Println("faulty")
	if os.Getenv("MAILDRILL_TEST_CLOSE") != "" {
		fmt.Println("closing")
		die(s.Close(ctx))
		fmt.Println("closed")
		return
	}
	select {}
}

func die(err error) {
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// prey starts a victim and returns when it has reached the point.
func prey(t *testing.T, cli *client.Client, point string, delay time.Duration) (run string, kill func()) {
	t.Helper()
	image, run := agentRef(t, cli), runID()
	path, err := binary()
	must(t, err)
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "MAILDRILL_TEST_VICTIM="+image, "MAILDRILL_TEST_BINARY="+path, "MAILDRILL_TEST_RUN="+run)
	if point == "closing" {
		cmd.Env = append(cmd.Env, "MAILDRILL_TEST_CLOSE=1")
	}
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	t.Cleanup(kill)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		if lines.Text() == point {
			<-time.After(delay)
			return run, kill
		}
	}
	t.Fatalf("the victim ended before it was %s", point)
	return "", nil
}

// gone waits until nothing of the run is listed.
func gone(t *testing.T, cli *client.Client, run string, within time.Duration) {
	t.Helper()
	began := time.Now()
	for {
		found, err := sweep.List(context.Background(), cli, run)
		if err == nil && found.Empty() {
			t.Logf("gone after %v", time.Since(began).Round(time.Millisecond))
			return
		}
		if time.Since(began) > within {
			_ = docker.ForceCleanup(context.Background(), run)
			t.Fatalf("after %v still there: %s %v", within, found, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// A keeper that was made and never started holds nothing and removes nothing.
func TestGuardRemovesAKeeperThatNeverLived(t *testing.T) {
	cli := needEngine(t)
	for said, left := range map[string]int{"": 0, "ke": 0, "kept": 1} {
		run := runID()
		_, err := cli.ContainerCreate(t.Context(), &container.Config{
			Image: agentRef(t, cli), Cmd: []string{"agent", "hold"}, Labels: map[string]string{sweep.Run: run},
		}, nil, nil, nil, run)
		must(t, err)
		t.Cleanup(func() { must(t, docker.ForceCleanup(context.Background(), run)) })
		must(t, docker.Guard(t.Context(), strings.NewReader(said), run))
		found, err := sweep.List(t.Context(), cli, run)
		must(t, err)
		if len(found.Containers) != left {
			t.Errorf("told %q: %d containers are left, want %d", said, len(found.Containers), left)
		}
	}
}

func TestKillNineLeavesNothing(t *testing.T) {
	cli := needEngine(t)
	points := []struct {
		name, point string
		delay       time.Duration
	}{
		{"keeper starting", "engine", 150 * time.Millisecond},
		{"network up", "engine", 500 * time.Millisecond},
		{"nodes starting", "engine", 1200 * time.Millisecond},
		{"fault held", "faulty", 0},
		{"closing", "closing", 100 * time.Millisecond},
	}
	for _, p := range points {
		t.Run(p.name, func(t *testing.T) {
			run, kill := prey(t, cli, p.point, p.delay)
			kill()
			gone(t, cli, run, victimLease)
		})
	}
}

func TestCleanupFinishesWhatADeadKeeperLeft(t *testing.T) {
	cli := needEngine(t)
	run, kill := prey(t, cli, "faulty", 0)
	if err := docker.Cleanup(t.Context(), run); !errors.Is(err, docker.ErrRunning) {
		t.Errorf("cleanup of a run that goes on = %v, want ErrRunning", err)
	}
	var name string
	found, err := sweep.List(t.Context(), cli, run)
	must(t, err)
	for _, c := range found.Containers {
		if c.Labels[sweep.Kind] == sweep.Keeper {
			name = c.ID
		}
	}
	must(t, cli.ContainerKill(t.Context(), name, "KILL"))
	kill()
	leftovers, err := docker.Leftovers(t.Context())
	must(t, err)
	seen := false
	for _, l := range leftovers {
		seen = seen || l.RunID == run && l.Containers > 3 && l.Networks == 1 && l.Volumes == 2 && !l.Alive
	}
	if !seen {
		t.Errorf("leftovers = %+v, want %s without a keeper", leftovers, run)
	}
	must(t, docker.Cleanup(t.Context(), run))
	mustBeGone(t, cli, run)
}

func TestBrokenInstrumentIsReported(t *testing.T) {
	cli := needEngine(t)
	o := topology.Options{RunID: runID()}
	s := up(t, cli, shape(agentRef(t, cli), "mx1"), o)
	must(t, cli.ContainerKill(t.Context(), "maildrill-"+o.RunID+"-mx1.net", "KILL"))
	select {
	case err := <-s.Broken():
		if err == nil || !strings.Contains(err.Error(), "mx1.net") {
			t.Errorf("broken = %v, want the holder of mx1", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the death of a holder was not noticed")
	}
}

func TestTwoRunsDoNotMeet(t *testing.T) {
	cli := needEngine(t)
	image := agentRef(t, cli)
	one := up(t, cli, shape(image, "mx1"), topology.Options{RunID: runID() + "-one", Faulted: []string{}})
	two := up(t, cli, shape(image, "mx1"), topology.Options{RunID: runID() + "-two", Faulted: []string{"dns"}})
	if a, b := one.Environment()["network"], two.Environment()["network"]; a == b {
		t.Fatalf("both runs are on %s", a)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	there := strings.Fields(two.Environment()["address.mx1"])[0]
	if c, err := one.Dial(ctx, there, topology.SMTP); err == nil {
		_ = c.Close()
		t.Error("one run reached a node of the other")
	}
	plain, _ := one.Instance("mx1")
	if _, ok := plain.(mortal); ok {
		t.Error("a node without a holder claims it can be isolated")
	}
	instance(t, two, "dns") // a name server that faults may be put on
	x, ok := plain.(topology.Execer)
	if !ok {
		t.Fatal("cannot exec")
	}
	out, err := x.Exec(ctx, []string{"/maildrill", "cat", "/etc/resolv.conf"})
	if err != nil || !strings.HasPrefix(string(out.Stdout), "nameserver "+strings.Fields(one.Environment()["address.dns"])[0]) {
		t.Errorf("resolv.conf without a holder = %q, %v", out.Stdout, err)
	}
}

func TestSupervisedNodeComesBack(t *testing.T) {
	cli := needEngine(t)
	top := shape(agentRef(t, cli), "mx1")
	for i := range top.Nodes {
		top.Nodes[i].Supervised = top.Nodes[i].Name == "mx1"
	}
	s := up(t, cli, top, topology.Options{})
	mx1 := instance(t, s, "mx1")
	was, err := mx1.State(t.Context())
	must(t, err)
	must(t, mx1.Kill(t.Context(), true))
	deadline := time.Now().Add(10 * time.Second)
	for {
		now, err := mx1.State(t.Context())
		if err == nil && now.Running && now.Identity != was.Identity {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the supervisor did not act: %+v, %v", now, err)
		}
		<-time.After(50 * time.Millisecond)
	}
	eventually(t, s, "mx1")
	must(t, mx1.Kill(t.Context(), false))
	if now, err := mx1.State(t.Context()); err != nil || now.Running {
		t.Errorf("after an unsupervised kill: %+v, %v; want down", now, err)
	}
}

func TestDoctor(t *testing.T) {
	cli := needEngine(t)
	path, err := binary()
	must(t, err)
	_, err = images.Ensure(t.Context(), cli, []string{"dovecot"}, nil) // without it disks are not tried
	must(t, err)
	tried := map[string]bool{}
	for _, c := range docker.Doctor(t.Context(), docker.Config{Binary: path}) {
		t.Logf("%+v", c)
		if tried[c.Name] = true; !c.OK && !c.Spare {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
	for _, w := range []string{"packet rules", "proxy", "limits", "load", "netem"} {
		if !tried[w] {
			t.Errorf("%s was not tried", w)
		}
	}
	if !tried["disks"] || len(loops(t, "doctor-disk")) > 0 {
		t.Errorf("tried: %v; devices left: %v", tried, loops(t, "doctor-disk"))
	}
	leftovers, err := docker.Leftovers(t.Context())
	must(t, err)
	for _, l := range leftovers {
		if strings.HasPrefix(l.RunID, "doctor-") {
			t.Errorf("the doctor left %+v", l)
		}
	}
}
