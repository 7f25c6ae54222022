package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// foreign is the name of what belongs to somebody else.
var foreign = fmt.Sprintf("bystander-%d", os.Getpid())

// plantBystanders makes a container, a network, a volume, an nftables table and
// a loop device of somebody else's. [hostState] shows them.
func plantBystanders(t *testing.T) {
	t.Helper()
	for _, thing := range []struct{ make, remove string }{
		{"docker network create " + foreign, "docker network rm " + foreign},
		{"docker volume create " + foreign, "docker volume rm " + foreign},
		{"docker run -d --name " + foreign + " --network " + foreign + " -v " + foreign + ":/mnt maildrill/base:bookworm sleep infinity", "docker rm -f " + foreign},
		{"nft add table inet " + foreign, "nft delete table inet " + foreign},
	} {
		output(t, strings.Fields(thing.make)...)
		t.Cleanup(func() { output(t, strings.Fields(thing.remove)...) })
	}
	plantDevice(t)
}

func plantDevice(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image")
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 1<<20))
	device := output(t, "losetup", "--find", "--show", image)
	t.Cleanup(func() { output(t, "losetup", "--detach", device) })
}

// bystanderState is what must not change of the container of somebody else.
func bystanderState() string {
	out, err := exec.Command("docker", "inspect", "-f", "{{.Id}} {{.State.Pid}} {{.State.Status}} {{.State.StartedAt}} {{json .NetworkSettings.Networks}}", foreign).Output()
	if err != nil {
		return "no bystander"
	}
	return "bystander " + string(out)
}
