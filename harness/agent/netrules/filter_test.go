package netrules_test

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/netrules"
)

// namespace makes a network namespace of the test's own. Packets to
// its own addresses go through the loopback, which rules never touch, so this
// proves only what the kernel takes and lists.
func namespace(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace takes root")
	}
	path, over := make(chan string), make(chan struct{})
	t.Cleanup(func() { close(over) })
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
		}
		path <- fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), unix.Gettid())
		<-over
	}()
	return <-path
}

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }

func addrs(list ...netip.Addr) []netip.Addr { return list }

func TestTheKernelTakesEveryRule(t *testing.T) {
	ns := namespace(t)
	peer, six := addr("198.18.0.3"), addr("fd00::3")
	for name, spec := range map[string]faults.PacketSpec{
		"all":        {Action: "drop"},
		"peers":      {Action: "drop", Peers: addrs(peer, six)},
		"one way":    {Action: "drop", Peers: addrs(peer), Direction: "to"},
		"the other":  {Action: "drop", Peers: addrs(peer), Direction: "from", Ports: []uint16{25, 24}, Protocol: "tcp"},
		"ipv6":       {Action: "drop", Family: "ipv6"},
		"reset":      {Action: "reset", Ports: []uint16{25}},
		"new":        {Action: "drop", Flows: "new"},
		"existing":   {Action: "reset", Flows: "existing"},
		"loss":       {Action: "drop", Share: 300_000},
		"long":       {Action: "drop", Longer: 1400},
		"many":       {Action: "drop", Ports: []uint16{25}, Beyond: 5, Direction: "from"},
		"everything": {Action: "reset", Peers: addrs(peer, six), Ports: []uint16{25, 143}, Direction: "to", Flows: "new", Share: 1, Longer: 1, Beyond: 1},
	} {
		if err := netrules.Filter(ns, "drill", "r", spec, time.Minute); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found, err := netrules.Filters(ns, "drill")
		if err != nil || len(found) != 1 || found[0].ID != "r" || found[0].Left <= 50*time.Second || len(found[0].Counters) == 0 || len(found[0].Looks) == 0 {
			t.Errorf("%s: listed %+v, %v", name, found, err)
		}
	}
	if err := netrules.Unfilter(ns, "drill", "r"); err != nil {
		t.Error(err)
	}
	if found, err := netrules.Filters(ns, "drill"); err != nil || len(found) != 0 {
		t.Errorf("left %+v, %v", found, err)
	}
}

func TestRulesAreRefused(t *testing.T) {
	ns := namespace(t)
	for name, spec := range map[string]faults.PacketSpec{
		"no action":              {},
		"no peer of that family": {Action: "drop", Peers: addrs(addr("198.18.0.3")), Family: "ipv6"},
	} {
		if err := netrules.Filter(ns, "drill", "r", spec, time.Minute); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestARuleEndsByItself(t *testing.T) {
	ns := namespace(t)
	if err := netrules.Filter(ns, "drill", "r", faults.PacketSpec{Action: "drop"}, 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(5 * time.Second)
	for {
		found, err := netrules.Filters(ns, "drill")
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after its time it stands: %+v", found)
		}
		<-time.After(20 * time.Millisecond)
	}
}
