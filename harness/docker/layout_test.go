package docker

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"maildrill/harness/topology"
)

func small() topology.Topology {
	custom := func(name string) topology.Node {
		return topology.Node{Name: name, Host: name + ".drill.test", Server: "custom", Image: "x",
			Services: map[topology.Service]int{topology.SMTP: 2525}}
	}
	return topology.Topology{Name: "small", IPv6: true, MailDomain: "drill.test", Nodes: []topology.Node{
		{Name: "dns", Host: "dns.drill.test", Server: "dns"},
		{Name: "outside", Host: "outside.drill.test", Server: "outside"},
		custom("mx1"), custom("mx2"),
	}}
}

func holders(t *testing.T, faulted []string) string {
	t.Helper()
	l, err := lay(small(), "r", faulted, candidate("r", 0, true))
	if err != nil {
		t.Fatal(err)
	}
	var with []string
	for _, p := range l.nodes {
		if p.holder != "" {
			with = append(with, p.Name)
		}
	}
	return strings.Join(with, " ")
}

func TestHoldersGoWhereFaultsMayGo(t *testing.T) {
	for _, tt := range []struct {
		faulted []string
		want    string
	}{
		{nil, "mx1 mx2"},
		{[]string{}, ""},
		{[]string{"mx2"}, "mx2"},
		{[]string{"dns", "outside"}, "dns"}, // the vantage is an instrument
	} {
		if got := holders(t, tt.faulted); got != tt.want {
			t.Errorf("holders for %q = %q, want %q", tt.faulted, got, tt.want)
		}
	}
}

func TestLayRefuses(t *testing.T) {
	lying := small()
	lying.Nodes[2].Defects = &topology.Defects{}
	crowd := small()
	for len(crowd.Nodes) < 300 {
		crowd.Nodes = append(crowd.Nodes, crowd.Nodes[2])
	}
	for name, top := range map[string]topology.Topology{"defects": lying, "crowd": crowd} {
		if _, err := lay(top, "r", nil, candidate("r", 0, false)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestResolve(t *testing.T) {
	l, err := lay(small(), "r", nil, subnet{v4: netip.MustParsePrefix("198.18.7.0/24"), v6: netip.MustParsePrefix("fd00::/64")})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		node    string
		service topology.Service
		want    string
	}{
		{"mx1", topology.SMTP, "198.18.7.4:2525"},
		{"mx1.drill.test", topology.SMTP, "198.18.7.4:2525"},
		{"198.18.7.5", topology.SMTP, "198.18.7.5:2525"},
		{"fd00::5", topology.SMTP, "[fd00::5]:2525"},
		{"mx1", topology.IMAP, "198.18.7.4:143"},
		{"mx1", "8080", "198.18.7.4:8080"},
		{"198.18.7.99", topology.SMTP, "198.18.7.99:25"},
	} {
		if got, err := l.resolve(tt.node, tt.service); err != nil || got.String() != tt.want {
			t.Errorf("resolve(%s, %s) = %v, %v; want %s", tt.node, tt.service, got, err, tt.want)
		}
	}
	if _, err := l.resolve("nobody", topology.SMTP); !errors.Is(err, topology.ErrUnreachable) {
		t.Errorf("unknown node = %v, want ErrUnreachable", err)
	}
	for _, service := range []topology.Service{"ftp", "0", "70000"} {
		if _, err := l.resolve("mx1", service); err == nil {
			t.Errorf("service %q was accepted", service)
		}
	}
	if got := l.resolver(); got != "nameserver 198.18.7.2\noptions timeout:1 attempts:2\n" {
		t.Errorf("resolv.conf = %q", got)
	}
}

func TestCandidatesStayInTheTestRange(t *testing.T) {
	bench, ula := netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("fd00::/8")
	seen := map[netip.Prefix]bool{}
	for n := range subnets {
		s := candidate("run", n, true)
		if !bench.Contains(s.v4.Addr()) || !ula.Contains(s.v6.Addr()) || s.v4 != s.v4.Masked() || s.v6 != s.v6.Masked() {
			t.Fatalf("candidate %d = %+v", n, s)
		}
		seen[s.v4] = true
	}
	if len(seen) != subnets {
		t.Errorf("%d different subnets, want %d", len(seen), subnets)
	}
	if a, b := candidate("one", 0, true), candidate("two", 0, true); a == b {
		t.Error("two runs begin at the same subnet")
	}
}

func TestObjectNamesAreFitForTheEngine(t *testing.T) {
	if got := objectName("2026/α b", "mx1"); got != "maildrill-2026---b-mx1" {
		t.Errorf("name = %q", got)
	}
}
