package docker

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// TestPrintsTellWhatWasChanged on containers of somebody's own: each way plants a
// difference, and the drill would be dirty.
func TestPrintsTellWhatWasChangedDocker(t *testing.T) {
	if os.Getenv("MAILDRILL_TEST_DOCKER") == "" {
		t.Skip("MAILDRILL_TEST_DOCKER is not set: real containers are NOT tested")
	}
	run := func(args ...string) string {
		out, err := exec.Command("docker", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("docker %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	cli, _, err := connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	id := run("run", "--detach", "--network", "bridge", "--volume", "/data", images.Base, "sleep", "300")
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", id).Run() })
	s := &System{cli: cli, run: "prints"}
	s.layout.topology.Nodes = []topology.Node{{Name: "theirs", Attached: id}}
	if s.prints, err = takePrints(t.Context(), cli, s.layout.topology, objectName(s.run)); err != nil {
		t.Fatal(err)
	}
	if err := s.asBefore(t.Context()); err != nil || len(s.prints) != 3 {
		t.Fatalf("of what nobody has touched: %v, %d prints", err, len(s.prints))
	}
	for _, c := range []struct{ plant, undo []string }{
		{[]string{"pause", id}, []string{"unpause", id}},
		{[]string{"update", "--restart", "always", id}, []string{"update", "--restart", "no", id}},
		{[]string{"network", "disconnect", "bridge", id}, nil},
	} {
		run(c.plant...)
		if err := s.asBefore(t.Context()); err == nil {
			t.Errorf("%v: nothing was told", c.plant)
		}
		if c.undo != nil {
			run(c.undo...)
		}
	}
}
