// Package wiretest gives tests two network namespaces with a wire between them.
package wiretest

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
)

// Wire is a pair of links, each in a namespace of its own, by their paths.
type Wire struct{ Near, Far string }

// Addresses of the two ends, of both versions of IP.
const (
	Near4, Far4 = "198.18.77.1", "198.18.77.2"
	Near6, Far6 = "fd77::1", "fd77::2"
)

// New makes a wire that is gone after the test. It takes root and ip(8).
func New(t *testing.T) Wire {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace takes root")
	}
	near, far := namespace(t), namespace(t)
	run(t, "ip", "link", "add", "wire0", "netns", near, "type", "veth", "peer", "name", "wire0", "netns", far)
	for pid, own := range map[string][2]string{near: {Near4, Near6}, far: {Far4, Far6}} {
		within(t, pid, "address", "add", own[0]+"/24", "dev", "wire0")
		within(t, pid, "address", "add", own[1]+"/64", "dev", "wire0", "nodad")
		// The kernel gives link-local addresses some time after a link is up, and
		// would change under a test what is to stay the same.
		within(t, pid, "link", "set", "wire0", "addrgenmode", "none")
		within(t, pid, "link", "set", "wire0", "up")
		within(t, pid, "link", "set", "lo", "up")
	}
	return Wire{path(near), path(far)}
}

// namespace lives as long as a process that waits in it, which is until the
// test ends, however it ends. Unlike those of ip-netns(8) it takes no mount,
// which would stay on the host.
func namespace(t *testing.T) (pid string) {
	t.Helper()
	dweller := exec.Command("cat")
	dweller.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	end, err := dweller.StdinPipe()
	if err == nil {
		err = dweller.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = end.Close(); _ = dweller.Wait() })
	return strconv.Itoa(dweller.Process.Pid)
}

func path(pid string) string { return "/proc/" + pid + "/ns/net" }

func within(t *testing.T, pid string, args ...string) {
	t.Helper()
	run(t, "nsenter", append([]string{"--net=" + path(pid), "ip"}, args...)...)
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}
