package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// engine is a container engine of the test's own, which it may kill.
type engine struct {
	dir string
	cmd *exec.Cmd
	log *os.File
}

const (
	engineStarts = 2 * time.Minute
	engineEnds   = time.Minute
)

// startEngine starts an engine beside the host's: with a socket and a state of its
// own, and in a network namespace of its own, where it makes its own bridge. In
// the host's it would take the other engine's away.
func startEngine(t *testing.T) *engine {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: a container engine of one's own takes root")
	}
	if _, err := exec.LookPath("dockerd"); err != nil {
		t.Skip("SKIPPED: there is no dockerd to start")
	}
	dir, err := os.MkdirTemp("", "engine-")
	must(t, err)
	e := &engine{dir: dir}
	must(t, os.WriteFile(e.at("daemon.json"), []byte("{}"), 0o600))
	e.log, err = os.Create(e.at("log"))
	must(t, err)
	t.Cleanup(func() { e.remove(t) })
	e.start(t)
	return e
}

func (e *engine) at(name string) string { return filepath.Join(e.dir, name) }

func (e *engine) host() string { return "unix://" + e.at("socket") }

// env lets maildrill and docker speak to this engine.
func (e *engine) env() []string {
	return []string{"DOCKER_HOST=" + e.host(), "MAILDRILL_ENGINE_SOCKET=" + e.at("socket")}
}

func (e *engine) start(t *testing.T) {
	t.Helper()
	e.cmd = exec.Command("dockerd", "--host", e.host(), "--config-file", e.at("daemon.json"), "--data-root", e.at("data"),
		"--exec-root", e.at("exec"), "--pidfile", e.at("pid"), "--iptables=false",
		"--storage-driver", output(t, "docker", "info", "--format", "{{.Driver}}"))
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	e.cmd.Stdout, e.cmd.Stderr = e.log, e.log
	must(t, e.cmd.Start())
	eventually(t, engineStarts, "the engine answers", func() bool { return e.docker("version") == nil })
}

// kill ends the engine's process alone; the containers live on. The kernel ends
// its containerd too, and an engine that finds the process id still there waits
// for it in vain.
func (e *engine) kill(t *testing.T) {
	t.Helper()
	pid, err := os.ReadFile(e.at("exec/containerd/containerd.pid"))
	must(t, err)
	must(t, e.cmd.Process.Kill())
	_ = e.cmd.Wait()
	eventually(t, engineEnds, "containerd ends", func() bool {
		_, err := os.Stat("/proc/" + string(pid))
		return os.IsNotExist(err)
	})
}

// stop ends the engine in order.
func (e *engine) stop(t *testing.T) {
	t.Helper()
	must(t, e.cmd.Process.Signal(syscall.SIGTERM))
	late := time.AfterFunc(engineEnds, func() { _ = e.cmd.Process.Kill() })
	defer late.Stop()
	_ = e.cmd.Wait()
}

// remove ends the engine, and whatever of it a kill has left.
func (e *engine) remove(t *testing.T) {
	e.stop(t)
	for _, pid := range withChildren(e.processes()) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	eventually(t, engineEnds, "the engine's processes end", func() bool { return len(e.processes()) == 0 })
	for _, path := range e.mounts() {
		_ = syscall.Unmount(path, 0)
	}
	if t.Failed() {
		text, _ := os.ReadFile(e.at("log"))
		t.Logf("the engine said:\n%s", text[max(0, len(text)-4000):])
	}
	_ = e.log.Close()
	must(t, os.RemoveAll(e.dir))
}

// processes are those that carry the engine's folder in their arguments.
func (e *engine) processes() (all []int) {
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range found {
		text, _ := os.ReadFile(file)
		if strings.Contains(string(text), e.dir+"/") {
			var pid int
			if _, err := fmt.Sscanf(file, "/proc/%d/", &pid); err == nil {
				all = append(all, pid)
			}
		}
	}
	return all
}

// withChildren adds all that the processes have started: the shims' containers
// do not name the engine.
func withChildren(all []int) []int {
	children := map[int][]int{}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range found {
		text, _ := os.ReadFile(file)
		var pid, parent int
		var state string
		if _, behind, ok := strings.Cut(string(text), ") "); ok {
			_, _ = fmt.Sscanf(string(text), "%d", &pid)
			_, _ = fmt.Sscanf(behind, "%s %d", &state, &parent)
			children[parent] = append(children[parent], pid)
		}
	}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// mounts are those below the engine's folder, the innermost first.
func (e *engine) mounts() (all []string) {
	text, _ := os.ReadFile("/proc/self/mounts")
	for line := range strings.Lines(string(text)) {
		if path := strings.Fields(line)[1]; strings.HasPrefix(path, e.dir+"/") {
			all = append(all, path)
		}
	}
	slices.Reverse(all)
	return all
}

func (e *engine) docker(args ...string) error {
	return exec.Command("docker", append([]string{"--host", e.host()}, args...)...).Run()
}

// load gives the engine the images of a drill, from the host's.
func (e *engine) load(t *testing.T, repositories ...string) {
	t.Helper()
	save := exec.Command("docker", "save")
	for _, r := range repositories {
		refs := strings.Fields(output(t, "docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", r))
		if len(refs) == 0 {
			t.Fatalf("the image %s is not here; maildrill images build", r)
		}
		save.Args = append(save.Args, refs...)
	}
	load := exec.Command("docker", "--host", e.host(), "load")
	var err error
	load.Stdin, err = save.StdoutPipe()
	must(t, err)
	must(t, load.Start())
	must(t, save.Run())
	must(t, load.Wait())
}

// state is what the host has, and what this engine has.
func (e *engine) state(t *testing.T) string {
	t.Helper()
	return hostState(t) + "\n" + engineState(t, e.env()...)
}

// TestReversalDockerEngine ends the engine under a drill, by a kill and in order
// in turns, while a fault of each family is at a position of its journal, and
// starts it again.
func TestReversalDockerEngine(t *testing.T) {
	program(t)
	plantBystanders(t)
	e := startEngine(t)
	e.load(t, "maildrill/postfix", "maildrill/dovecot", "maildrill/directory")
	ways := []struct {
		name   string
		strike func(*testing.T)
	}{{"killed", e.kill}, {"restarted", e.stop}}
	for _, round := range rounds(t) {
		how := ways[round%len(ways)]
		t.Run(fmt.Sprintf("%s, round %d", how.name, round), func(t *testing.T) { e.reverses(t, how.strike, round) })
	}
}

func (e *engine) reverses(t *testing.T, strike func(*testing.T), round int) {
	before := e.state(t)
	a := enter(t, round, e.env()...)
	a.arrived(t)
	strike(t)
	e.start(t)
	a.resume()
	t.Logf("maildrill ended: %v", a.ended(t))
	if e.state(t) != before { // its keeper may be at work
		cleanup := exec.Command(program(t), "cleanup")
		cleanup.Env = append(os.Environ(), e.env()...)
		said, err := cleanup.CombinedOutput()
		t.Logf("cleanup: %v\n%s", err, said)
	}
	unchanged(t, leaseAndWork, before, func() string { return e.state(t) })
	a.wasThere(t)
}
