package docker_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// TestOwnImageOnRealServers: an image that is built here, with accounts that a script
// makes, certificates, a volume that two nodes share, and one that begins with a copy
// of another, whose owner, mode and times stay. What was copied from is as it was.
func TestOwnImageOnRealServers(t *testing.T) {
	t.Parallel()
	cli := needEngine(t)
	source := filled(t)
	context := t.TempDir()
	must(t, os.WriteFile(filepath.Join(context, "Dockerfile"), []byte("ARG BASE\nFROM ${BASE}\nRUN echo built >/built\nCMD [\"sh\", \"-c\", \"exec sleep 600\"]\n"), 0o600))
	top := runtimetest.Topology()
	shared := topology.Volume{Name: "together", Path: "/together", Shared: true}
	own := topology.Node{Name: "own1", Host: "own1.drill.test", Server: "custom", Services: map[topology.Service]int{},
		Build:        &topology.Build{Context: context, Args: map[string]string{"BASE": images.Base}},
		Container:    topology.Container{Tmpfs: []string{"/memory"}, WorkingDir: "/together", CapAdd: []string{"NET_ADMIN"}},
		Certificates: []string{"/tls/chain.pem", "/tls/key.pem"},
		Accounts:     "cat >/accounts",
		Volumes:      []topology.Volume{shared, {Name: "data", Path: "/data", From: source}},
	}
	top.Nodes = append(top.Nodes, own)
	top.Nodes[1].Volumes = append(top.Nodes[1].Volumes, shared)
	s := up(t, cli, top, topology.Options{})
	in := func(node, script string) string {
		n, _ := s.Instance(node)
		out, err := n.(topology.Execer).Exec(t.Context(), []string{"sh", "-c", script})
		must(t, err)
		return strings.TrimSpace(string(out.Stdout))
	}
	in("store1", "echo hello >/together/word")
	account := fmt.Sprintf("%s %s", top.Accounts[0].Address, top.Accounts[0].Password)
	for script, want := range map[string]string{
		"cat /built":          "built",
		"cat word":            "hello",
		"head -n 1 /accounts": account,
		"cmp /tls/chain.pem /tls/key.pem && echo one": "one",
		"grep -c BEGIN.PRIVATE /tls/key.pem":          "1",
		"stat -f -c %T /memory":                       "tmpfs",
		"cat /data/box/mail":                          "kept",
		"stat -c '%u:%g %a %Y' /data/box/mail":        "1234:4321 640 1000000000",
		"readlink /data/link":                         "box",
	} {
		if got := in("own1", script); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
	in("own1", "echo spoilt >/data/box/mail")
	top.Nodes[len(top.Nodes)-1].Volumes[1].From = "no-such-volume-of-ours"
	if _, err := runtime(t).Start(t.Context(), top, topology.Options{RunID: runID()}); err == nil || !strings.Contains(err.Error(), "no-such-volume-of-ours") {
		t.Errorf("a volume that there is not: %v", err)
	}
	must(t, s.Close(t.Context()))
	if got := inVolume(t, source, "cat /v/box/mail"); got != "kept" {
		t.Errorf("what was copied from has %q", got)
	}
}

// filled makes a volume with a file of somebody's.
func filled(t *testing.T) string {
	t.Helper()
	name := "maildrill-test-" + runID()
	t.Cleanup(func() { _ = exec.Command("docker", "volume", "rm", "--force", name).Run() })
	inVolume(t, name, "mkdir /v/box && echo kept >/v/box/mail && chown 1234:4321 /v/box/mail && chmod 640 /v/box/mail && touch -d @1000000000 /v/box/mail && ln -s box /v/link")
	return name
}

// inVolume runs a script in a container that has the volume at /v.
func inVolume(t *testing.T, volume, script string) string {
	t.Helper()
	out, err := exec.Command("docker", "run", "--rm", "--network", "none", "--volume", volume+":/v", images.Base, "sh", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
	return strings.TrimSpace(string(out))
}
