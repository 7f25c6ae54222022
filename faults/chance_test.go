package faults_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// hurried is a node on a busy host: the first attempts at some addresses get no
// answer in time.
type hurried struct {
	*faulttest.Node
	mu     sync.Mutex
	misses map[netip.Addr]int
}

func (n *hurried) Visit(ctx context.Context, v faults.Visit) (faults.Sight, error) {
	n.mu.Lock()
	left := n.misses[v.To.Addr()]
	n.misses[v.To.Addr()]--
	n.mu.Unlock()
	if left > 0 {
		return faults.Sight{}, faults.ErrNoAnswer
	}
	return n.Node.Visit(ctx, v)
}

func hurriedScene(t *testing.T, kind, with string) (*scene, *hurried) {
	s := newScene(t, kind, with, faulttest.NewNode("mx1"))
	n := &hurried{Node: s.target.Node.(*faulttest.Node), misses: map[netip.Addr]int{}}
	s.target.Node = n
	return s, n
}

// addressOf is the first address of a node.
func (s *scene) addressOf(name string) netip.Addr {
	p, _ := s.target.Peer(name)
	return p.Addresses[0]
}

// One attempt without an answer is not taken for a fault that is there already.
func TestOneMissedAttemptIsNoRedControl(t *testing.T) {
	for kind, with := range map[string]string{
		"net.partition": "peers: [store1]", "net.isolate": "", "net.loss": "", "net.egress-block": "",
	} {
		s, n := hurriedScene(t, kind, with)
		n.misses[s.addressOf("store1")] = 1
		if e := s.look(); e.Effective {
			t.Errorf("%s: %+v", kind, e)
		}
		n.misses[s.addressOf("store1")] = 1000
		if e := s.look(); !e.Effective {
			t.Errorf("%s: one who never answers is not seen: %+v", kind, e)
		}
	}
}

// Nor is it taken for overreach, which one that never answers is.
func TestOneMissedAttemptIsNoOverreach(t *testing.T) {
	s, n := hurriedScene(t, "net.partition", "peers: [store1]")
	s.do(s.fault.Inject)
	n.misses[s.addressOf("dns1")] = 1
	if e := s.look(); !e.Installed || !e.Effective || e.BystanderHurt {
		t.Errorf("%+v", e)
	}
	n.misses[s.addressOf("dns1")] = 1000
	if e := s.look(); !e.BystanderHurt {
		t.Errorf("another that does not answer is not seen: %+v", e)
	}
}

// measured is a node of which some ways cannot be measured, and whose kernel meets
// broken datagrams of others.
type measured struct {
	*faulttest.Node
	broken int
	dead   map[string]bool
}

func (n *measured) Meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	if n.dead[t.To] {
		return faults.Journey{}, errors.New("planted: no network namespace")
	}
	j, err := n.Node.Meter(ctx, t)
	j.Back.Broken += n.broken
	return j, err
}

// What another fault does to another way is not taken for overreach; what is done
// to all of them is.
func TestTwoDisturbedWaysAreToldApart(t *testing.T) {
	for kind, with := range map[string]string{"net.latency": "", "net.duplicate": "rate: 50%", "net.corrupt": "rate: 50%"} {
		s := newScene(t, kind, params(with, "peers: [dns1]"), faulttest.NewNode("mx1"))
		other := newScene(t, kind, params(with, "peers: [store1]"), s.node)
		all := newScene(t, kind, params(with, ""), s.node)
		s.do(s.fault.Inject)
		other.do(other.fault.Inject)
		if e := s.look(); !e.Installed || !e.Effective || e.BystanderHurt {
			t.Errorf("%s beside another: %+v", kind, e)
		}
		all.do(all.fault.Inject)
		if e := s.look(); !e.BystanderHurt {
			t.Errorf("%s on all ways: %+v", kind, e)
		}
	}
}

func params(all ...string) string {
	return "{" + strings.Join(slices.DeleteFunc(all, func(p string) bool { return p == "" }), ", ") + "}"
}

// A way that nobody can measure, because its end is dead, is not compared with.
func TestAWayToADeadNodeIsNotComparedWith(t *testing.T) {
	s := newScene(t, "net.latency", "peers: [dns1]", faulttest.NewNode("mx1"))
	s.target.Node = &measured{Node: s.node, dead: map[string]bool{"store1": true}}
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || !e.Effective || e.BystanderHurt {
		t.Errorf("%+v", e)
	}
}

// Datagrams of others that the kernel drops meanwhile are not those of the train.
func TestBrokenDatagramsOfOthersAreNoProof(t *testing.T) {
	s := newScene(t, "net.corrupt", "peers: [dns1]", faulttest.NewNode("mx1"))
	s.target.Node = &measured{Node: s.node, broken: 3}
	if e := s.look(); e.Effective {
		t.Errorf("before the fault: %+v", e)
	}
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || !e.Effective || e.BystanderHurt {
		t.Errorf("while it is on: %+v", e)
	}
}
