package faults_test

import (
	"context"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// variant is one of them.
type variant struct {
	name, kind, with string
	supervised       bool
}

// variants are the faults under test, each with a node on which it can work.
var variants = []variant{
	{"crash", "node.crash", "", false},
	{"crash under a supervisor", "node.crash", "supervised: true", true},
	{"crash, a supervisor expected in vain", "node.crash", "supervised: true", false},
	{"stop", "node.stop", "grace: 3s", false},
	{"freeze", "node.freeze", "", false},
	{"flap", "node.flap", "period: 4s", false},
	{"kill a daemon", "process.kill", "name: qmgr", true},
	{"kill many", "process.kill", "name: smtpd", true},
	{"kill again and again", "process.kill", "{name: qmgr, again: true}", true},
	{"kill the main process", "process.kill", "name: master", false},
	{"stop a daemon", "process.stop", "name: qmgr", false},
	{"stop many", "process.stop", "name: smtpd", true},
	{"power cut", "storage.power-cut", "", false},
	{"partition from one", "net.partition", "peers: [store1]", false},
	{"partition of a port", "net.partition", "{peers: [store1, dns1], port: 24, direction: to, family: ipv4}", false},
	{"isolate", "net.isolate", "", false},
	{"egress block", "net.egress-block", "", false},
	{"loss", "net.loss", "rate: 40%", false},
	{"reset", "net.reset", "peers: [store1]", false},
	{"half open", "net.half-open", "peers: [store1]", false},
	{"mtu", "net.mtu-blackhole", "", false},
	{"connection limit", "net.conn-limit", "limit: 4", false},
	{"ipv6 broken", "net.ipv6-broken", "", false},
	{"interfaces down", "net.nic-down", "", false},
	{"latency", "net.latency", "{delay: 200ms, jitter: 50ms}", false},
	{"latency one way", "net.latency", "{peers: [store1], direction: to, family: ipv6}", false},
	{"bandwidth", "net.bandwidth", "rate: 256kbit/s", false},
	{"bandwidth of a port", "net.bandwidth", "{peers: [store1, dns1], port: 24}", false},
	{"corrupt", "net.corrupt", "", false},
	{"duplicate", "net.duplicate", "direction: from", false},
	{"reorder", "net.reorder", "rate: 20%", false},
}

func TestConformance(t *testing.T) {
	covered := map[string]bool{"load.reconnect-storm": true, "load.stolen-account": true} // need another service; see there
	for _, v := range variants {
		covered[v.kind] = true
		t.Run(v.name, func(t *testing.T) {
			mk := func(*testing.T) faults.Target {
				n := faulttest.NewNode("mx1")
				if v.supervised {
					n.Supervised()
				}
				return n.Target()
			}
			faulttest.Conformance(t, kind(t, v.kind), mk, faulttest.Options{With: with(v.with), Within: time.Second, Every: time.Millisecond})
		})
	}
	for _, v := range dialogueVariants {
		covered[v.kind] = true
	}
	for _, v := range mailboxVariants {
		covered[v.kind] = true
	}
	for _, v := range streamVariants {
		covered[v.kind] = true
	}
	covered["link.stall"] = true // TestStreamConformance
	for _, v := range dependencyVariants {
		covered[v.kind] = true
	}
	covered["dep.balancer-backend-dead"] = true // TestADeadBackendIsSeen
	covered["lmtp.stall"] = true                // TestAStallIsSeen: each look at it takes its whole time
	for _, v := range dnsVariants {
		covered[v.kind] = true
	}
	for _, v := range trustVariants {
		covered[v.kind] = true
	}
	for _, k := range faults.Catalogue {
		if !covered[k.ID] {
			t.Errorf("%s has no conformance test", k.ID)
		}
	}
}

// scene is a fault on a node, to be looked at step by step.
type scene struct {
	*testing.T
	fault  faults.Fault
	node   *faulttest.Node
	target faults.Target
}

func newScene(t *testing.T, id, params string, n *faulttest.Node) *scene {
	t.Helper()
	f, err := kind(t, id).New(with(params))
	if err != nil {
		t.Fatal(err)
	}
	return &scene{T: t, fault: f, node: n, target: n.Target()}
}

func (s *scene) look() faults.Evidence {
	s.Helper()
	e, err := s.fault.Verify(s.Context(), s.target)
	if err != nil {
		s.Fatal(err)
	}
	return e
}

func (s *scene) do(act func(context.Context, faults.Target) error) {
	s.Helper()
	if err := act(s.Context(), s.target); err != nil {
		s.Fatal(err)
	}
}

// Each lie must come out: as a fault that is not proven, or as one that is
// not proven gone.
func TestLiesComeOut(t *testing.T) {
	for _, c := range []struct {
		kind, with string
		lie        faulttest.Lie
		proven     bool // in spite of the lie; it must come out at the revert
	}{
		{"node.crash", "", faulttest.KillSpares, false},
		{"node.crash", "supervised: true", faulttest.KillSpares, false},
		{"node.crash", "", faulttest.DropSpares, false},
		{"node.crash", "", faulttest.DropPretends, false},
		{"node.crash", "", faulttest.StartFails, true},
		{"node.crash", "", faulttest.RejoinFails, true},
		{"node.crash", "", faulttest.RejoinHides, true},
		{"node.flap", "", faulttest.KillSpares, false},
		{"node.flap", "", faulttest.RejoinFails, true},
		{"node.stop", "", faulttest.StopSpares, false},
		{"node.stop", "", faulttest.StopPretends, false},
		{"node.stop", "", faulttest.StartFails, true},
		{"node.freeze", "", faulttest.PauseSpares, false},
		{"node.freeze", "", faulttest.PausePretends, false},
		{"node.freeze", "", faulttest.ResumeFails, true},
		{"node.freeze", "", faulttest.ResumeHides, true},
		{"process.kill", "name: qmgr", faulttest.SignalSpares, false},
		{"process.kill", "{name: qmgr, again: true}", faulttest.SignalSpares, false},
		{"process.kill", "name: master", faulttest.StartFails, true},
		{"process.stop", "name: qmgr", faulttest.SignalSpares, false},
		{"process.stop", "name: smtpd", faulttest.ContFails, true},
		{"storage.power-cut", "", faulttest.PowerSpares, false},
		{"storage.power-cut", "", faulttest.KillSpares, false},
		{"storage.power-cut", "", faulttest.KillPretends, false},
		{"storage.power-cut", "", faulttest.DropSpares, false},
		{"storage.power-cut", "", faulttest.DropPretends, false},
		{"storage.power-cut", "", faulttest.StartFails, true},
		{"storage.power-cut", "", faulttest.PowerSticks, true},
		{"storage.power-cut", "", faulttest.RejoinFails, true},
		{"storage.power-cut", "", faulttest.RejoinHides, true},
	} {
		t.Run(c.kind+": "+string(c.lie), func(t *testing.T) {
			s := newScene(t, c.kind, c.with, faulttest.NewNode("mx1", c.lie))
			s.do(s.fault.Inject)
			if e := s.look(); (e.Installed && e.Effective) != c.proven {
				t.Fatalf("proven against expectation: %+v", e)
			}
			if !c.proven {
				return
			}
			revertErr := s.fault.Revert(t.Context(), s.target)
			for range 5 {
				if e := s.look(); !e.Installed && !e.Effective {
					t.Fatalf("proven gone (revert said %v): %+v", revertErr, e)
				}
			}
		})
	}
}

// liesAboutRulesComeOut plays a fault that is made of rules with each lie about
// them: those about Put keep it from being proven, those about Take from being
// proven gone.
func liesAboutRulesComeOut(t *testing.T, name string, mk func(*testing.T, faulttest.Lie) *scene) {
	for lie, proven := range map[faulttest.Lie]bool{
		faulttest.RuleSpares: false, faulttest.RulePretends: false, faulttest.TakeFails: true, faulttest.TakeHides: true,
	} {
		t.Run(name+": "+string(lie), func(t *testing.T) {
			s := mk(t, lie)
			s.do(s.fault.Inject)
			if e := s.look(); (e.Installed && e.Effective) != proven {
				t.Fatalf("proven against expectation: %+v", e)
			}
			if !proven {
				return
			}
			s.do(s.fault.Revert)
			if e := s.look(); !e.Installed && !e.Effective {
				t.Errorf("proven gone: %+v", e)
			}
		})
	}
}

// A kill that only the state believes in is installed, and not effective.
func TestPretenceIsInstalledNotEffective(t *testing.T) {
	s := newScene(t, "node.stop", "", faulttest.NewNode("mx1", faulttest.StopPretends))
	s.do(s.fault.Inject)
	if e := s.look(); !e.Installed || e.Effective {
		t.Errorf("got %+v", e)
	}
}

// Where the outside is blind, the negative control says so.
func TestBlindViewShowsBeforeTheFault(t *testing.T) {
	for _, id := range []string{"node.crash", "node.freeze", "node.flap"} {
		s := newScene(t, id, "", faulttest.NewNode("mx1", faulttest.Blind))
		if e := s.look(); !e.Effective {
			t.Errorf("%s: the control is green: %+v", id, e)
		}
	}
	s := newScene(t, "node.stop", "", faulttest.NewNode("mx1", faulttest.Blind))
	s.do(s.fault.Inject)
	if e := s.look(); e.Effective {
		t.Errorf("node.stop is effective, but nothing was refused: %+v", e)
	}
}

func TestNoOutsideViewIsNoProof(t *testing.T) {
	for _, id := range []string{"node.crash", "node.stop", "node.freeze"} {
		s := newScene(t, id, "", faulttest.NewNode("mx1"))
		s.target.Reach = nil
		s.do(s.fault.Inject)
		if e := s.look(); !e.Installed || e.Effective {
			t.Errorf("%s: got %+v", id, e)
		}
	}
}

func TestBystander(t *testing.T) {
	for _, v := range variants {
		s := newScene(t, v.kind, v.with, faulttest.NewNode("mx1", faulttest.Spills))
		if e := s.look(); e.BystanderHurt {
			t.Errorf("%s: hurt before the fault", v.name)
		}
		s.do(s.fault.Inject)
		if e := s.look(); !e.BystanderHurt {
			t.Errorf("%s: a hurt bystander was not seen", v.name)
		}
	}
}

// One slow greeting is not taken for a bystander hurt, nor for a red control.
func TestOneSlowGreetingIsForgiven(t *testing.T) {
	s := newScene(t, "node.freeze", "", faulttest.NewNode("mx1"))
	slowOnce := func() func(context.Context) error {
		calls := 0
		return func(context.Context) error {
			if calls++; calls == 1 {
				return faults.ErrNoGreeting
			}
			return nil
		}
	}
	s.target.Reach, s.target.Bystander = slowOnce(), slowOnce()
	if e := s.look(); e.Effective || e.BystanderHurt {
		t.Errorf("got %+v", e)
	}
}
