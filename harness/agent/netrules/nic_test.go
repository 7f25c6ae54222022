package netrules

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// The kernel forgets routes and IPv6 addresses with an interface that goes
// down; all of it comes back, and nothing else.
func TestUnplugAndPlug(t *testing.T) {
	ns, run := lonely(t)
	run("ip", "link", "set", "lo", "up")
	for _, link := range []string{"eth0", "eth1", "off0"} {
		run("ip", "link", "add", link, "type", "veth", "peer", "name", "far-"+link)
	}
	for i, link := range []string{"eth0", "eth1", "far-eth0", "far-eth1"} {
		host := string(rune('2' + i))
		run("ip", "address", "add", "198.18."+host+".2/24", "dev", link)
		run("ip", "address", "add", "fd0"+host+"::2/64", "dev", link, "nodad")
		run("ip", "link", "set", link, "up")
	}
	run("ip", "route", "add", "default", "via", "198.18.2.1")
	run("ip", "route", "add", "198.51.100.0/24", "via", "198.18.3.1", "metric", "7")
	run("ip", "route", "add", "203.0.113.0/24", "via", "198.51.100.9", "dev", "eth1", "onlink")
	run("ip", "-6", "route", "add", "default", "via", "fd02::1")
	run("ip", "-6", "route", "add", "2001:db8::/32", "via", "fd03::1")
	settled(t, ns, 4)
	before, err := Snapshot(ns)
	if err != nil {
		t.Fatal(err)
	}
	u, err := Unplug(ns)
	if err != nil {
		t.Fatal(err)
	}
	if down, err := u.Down(ns); err != nil || !down {
		t.Errorf("down %v, %v", down, err)
	}
	during, err := Snapshot(ns)
	if err != nil || during["link"] == before["link"] || during["route"] == before["route"] || during["address"] == before["address"] {
		t.Errorf("unplugged, but (%v) %v", err, during)
	}
	run("ip", "link", "set", "eth1", "up")
	if down, err := u.Down(ns); err != nil || down {
		t.Errorf("somebody has put one up: down %v, %v", down, err)
	}
	for range 2 { // the second finds nothing to do
		if err := u.Plug(ns); err != nil {
			t.Fatal(err)
		}
	}
	after, err := Snapshot(ns)
	if err != nil || !maps.Equal(before, after) {
		t.Errorf("plugged in, it differs (%v):\n%v\n%v", err, before, after)
	}
}

// settled waits until the kernel has given so many link-local addresses, and tried
// them: it begins some time after a link is up (RFC 4862, 5.4).
func settled(t *testing.T, ns string, want int) {
	t.Helper()
	c, err := dial(ns, unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for t.Context().Err() == nil {
		all, err := dump(c, unix.RTM_GETADDR, make([]byte, unix.SizeofIfAddrmsg))
		if err != nil {
			t.Fatal(err)
		}
		if tried := slices.DeleteFunc(all, untried); len(tried) == want {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// untried tells whether an address is no link-local one of IPv6, or tentative.
func untried(m netlink.Message) bool {
	family, scope := m.Data[0], m.Data[3] // ifaddrmsg, rtnetlink(7)
	return family != unix.AF_INET6 || scope != unix.RT_SCOPE_LINK || number(attributes(m.Data, unix.SizeofIfAddrmsg)[unix.IFA_FLAGS])&unix.IFA_F_TENTATIVE != 0
}
