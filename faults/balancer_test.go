package faults_test

import (
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// fromBalancer aims at the link from a balancer to a backend.
func fromBalancer(n *faulttest.Node) faults.Target {
	t := toStore(n, "smtp")
	for i, p := range t.Peers {
		if p.Name == n.Name() {
			t.Peers[i].Roles = []string{"balancer"}
		}
	}
	return t
}

func TestADeadBackendIsSeen(t *testing.T) {
	t.Parallel() // each look takes its whole time
	mk := func(*testing.T) faults.Target { return fromBalancer(faulttest.NewNode("mx1")) }
	o := faulttest.Options{Within: 10 * time.Second, Every: time.Millisecond, Quick: true}
	faulttest.Conformance(t, kind(t, "dep.balancer-backend-dead"), mk, o)
}

// A backend whose checks fail as well is dead in another way.
func TestABackendThatFailsItsChecksIsNoProof(t *testing.T) {
	t.Parallel()
	s := newScene(t, "dep.balancer-backend-dead", "", faulttest.NewNode("mx1"))
	s.target = fromBalancer(s.node)
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || !e.Effective {
		t.Fatalf("not proven: %+v", e)
	}
	stall := made(t, "link.stall", "")
	must(t, stall.Inject(t.Context(), s.target))
	if e := s.look(); !e.Installed || e.Effective {
		t.Errorf("proven although the checks fail: %+v", e)
	}
}

func TestDeadBackendsAreRefused(t *testing.T) {
	balancer := fromBalancer(faulttest.NewNode("mx1"))
	for _, c := range []struct {
		with, want string
		target     faults.Target
	}{
		{"port: -1", "0 to 65535", balancer}, {"port: 25", "come to this port too", balancer},
		{"", "is no balancer", toStore(faulttest.NewNode("mx1"), "smtp")},
	} {
		f, err := kind(t, "dep.balancer-backend-dead").New(with(c.with))
		if err == nil {
			err = f.(faults.Particular).Check(c.target)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want one with %q", c.with, err, c.want)
		}
	}
}
