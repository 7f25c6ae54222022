// Package wiretest gives tests two network namespaces with a wire between them.
package wiretest

import (
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
)

// Wire is a pair of links, each in a namespace of its own, by their paths.
type Wire struct{ Near, Far string }

// Addresses of the two ends, of both versions of IP.
const (
	Near4, Far4 = "198.18.77.1", "198.18.77.2"
	Near6, Far6 = "fd77::1", "fd77::2"
)

var made atomic.Int32

// New makes a wire that is gone after the test. It takes root and ip(8).
func New(t *testing.T) Wire {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace takes root")
	}
	near, far := name("near"), name("far")
	for _, ns := range []string{near, far} {
		ip(t, "netns", "add", ns)
		t.Cleanup(func() { ip(t, "netns", "del", ns) })
	}
	ip(t, "link", "add", "wire0", "netns", near, "type", "veth", "peer", "name", "wire0", "netns", far)
	for ns, own := range map[string][2]string{near: {Near4, Near6}, far: {Far4, Far6}} {
		ip(t, "-n", ns, "address", "add", own[0]+"/24", "dev", "wire0")
		ip(t, "-n", ns, "address", "add", own[1]+"/64", "dev", "wire0", "nodad")
		ip(t, "-n", ns, "link", "set", "wire0", "up")
		ip(t, "-n", ns, "link", "set", "lo", "up")
	}
	return Wire{"/var/run/netns/" + near, "/var/run/netns/" + far}
}

func name(end string) string { return fmt.Sprintf("drill-%d-%d-%s", os.Getpid(), made.Add(1), end) }

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %v: %v: %s", args, err, out)
	}
}
