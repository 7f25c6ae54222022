package faults_test

import (
	"context"
	"net/netip"
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
