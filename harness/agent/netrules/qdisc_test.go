package netrules

import (
	"strings"
	"testing"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// What is put on loopback is there, and gone when it is taken off.
func TestAQdiscComesAndGoes(t *testing.T) {
	ns, _ := lonely(t)
	c, err := dial(ns, unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, step := range []struct {
		verb  netlink.HeaderType
		flags netlink.HeaderFlags
		there bool
	}{{unix.RTM_NEWQDISC, netlink.Create | netlink.Excl, true}, {unix.RTM_DELQDISC, 0, false}} {
		if err := onLoopback(c, step.verb, step.flags, "pfifo", nil); err != nil {
			t.Fatal(err)
		}
		all, err := Snapshot(ns)
		if err != nil || strings.Contains(all["qdisc"], "pfifo ") != step.there {
			t.Errorf("there %v is wanted, qdiscs are %q, %v", step.there, all["qdisc"], err)
		}
	}
	if err := onLoopback(c, unix.RTM_NEWQDISC, netlink.Create|netlink.Excl, "unheard", nil); err == nil {
		t.Error("a kind that no kernel has was put on")
	}
}

// Whether the kernel has netem is what tc(8) says of it.
func TestNetemIsTriedAsTcDoes(t *testing.T) {
	ns, _ := lonely(t)
	said := TryNetem(ns)
	fd, err := unix.Open(ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if out, err := enterAnd(fd, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "limit", "1000"); (err == nil) != (said == nil) {
		t.Errorf("netem: %v, and tc says %v: %s", said, err, out)
	}
}
