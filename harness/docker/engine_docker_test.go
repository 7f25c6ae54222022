package docker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/client"

	"maildrill/harness/agent/sweep"
	"maildrill/harness/docker"
	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// needEngine skips unless the tests of real containers were asked for.
func needEngine(t testing.TB) *client.Client {
	t.Helper()
	if os.Getenv("MAILDRILL_TEST_DOCKER") == "" {
		t.Skip("MAILDRILL_TEST_DOCKER is not set: real containers are NOT tested")
	}
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cli.Ping(t.Context()); err != nil {
		t.Fatalf("MAILDRILL_TEST_DOCKER is set, but no engine answers: %v", err)
	}
	t.Cleanup(func() { _ = cli.Close() })
	return cli
}

// builtIn is the folder of the agent; empty: no test has asked for it.
var builtIn string

// binary is the agent, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "maildrill-test-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	path := filepath.Join(dir, "agentmain")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/agentmain")
	if flags := os.Getenv("MAILDRILL_TEST_BUILD"); flags != "" {
		build.Args = append(build.Args[:2], append([]string{flags}, build.Args[2:]...)...)
	}
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the agent: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "guard" {
		die(docker.Guard(context.Background(), os.Stdin, os.Args[2]))
		return
	}
	if scenario := os.Getenv("MAILDRILL_TEST_VICTIM"); scenario != "" {
		victim(scenario)
		return
	}
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

func runtime(t testing.TB) *docker.Runtime {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	r, err := docker.New(t.Context(), docker.Config{Binary: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// agentRef is the image of the agent, which serves as every node's image.
func agentRef(t testing.TB, cli *client.Client) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	image, err := images.Agent(t.Context(), cli, path)
	if err != nil {
		t.Fatal(err)
	}
	return image.Ref
}

// runID is unique to a test of this process.
func runID() string {
	return fmt.Sprintf("test-%d-%x", os.Getpid(), time.Now().UnixNano()&0xffffff)
}

// up starts a topology and takes it down at the end, which must leave nothing.
func up(t *testing.T, cli *client.Client, top topology.Topology, o topology.Options) *docker.System {
	t.Helper()
	if o.RunID == "" {
		o.RunID = runID()
	}
	began := time.Now()
	s, err := runtime(t).Start(t.Context(), top, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started %d nodes in %v", len(top.Nodes), time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() {
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		t.Logf("closed in %v", time.Since(began).Round(time.Millisecond))
		mustBeGone(t, cli, o.RunID)
	})
	return s.(*docker.System)
}

func mustBeGone(t *testing.T, cli *client.Client, run string) {
	t.Helper()
	found, err := sweep.List(context.Background(), cli, run)
	if err != nil || !found.Empty() {
		t.Errorf("left of %s: %s %v", run, found, err)
	}
}

// shape is a small mail system whose servers only greet.
func shape(image string, mail ...string) topology.Topology {
	top := topology.Topology{
		Name: "shape", Clock: topology.Drill, MailDomain: "drill.test", IPv6: true,
		Nodes: []topology.Node{
			{Name: "dns", Host: "dns.drill.test", Server: "dns", Roles: []topology.Role{topology.DNS}},
			{Name: "outside", Host: "outside.drill.test", Server: "outside", Roles: []topology.Role{topology.Outside}},
		},
	}
	zone := topology.Zone{Name: "drill.test"}
	for _, name := range mail {
		top.Nodes = append(top.Nodes, topology.Node{
			Name: name, Host: name + ".drill.test", Server: "custom", Roles: []topology.Role{topology.MX},
			Image: image, Command: []string{"greet", "220 " + name, "25"},
			Services: map[topology.Service]int{topology.SMTP: 25},
			Files: map[string]string{
				"/etc/drill/deep/" + name: "hello " + name,
				// A queue file of Postfix: sender, recipient, end.
				"/var/spool/postfix/deferred/A/A1B2": "S\x11b.tok@bounce.testR\x0du1@drill.testE\x00",
			},
			Volumes: []topology.Volume{{Name: "queue", Path: "/var/spool/postfix"}},
			Queue:   "postfix",
			Health:  topology.Health{Service: topology.SMTP, Expect: "220 " + name},
		})
		zone.Records = append(zone.Records, topology.Record{Name: name, Type: "A", Node: name})
	}
	top.Zones = []topology.Zone{zone}
	return top
}
