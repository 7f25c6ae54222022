package docker_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

// linked is the usual topology with the link that mail takes to its store, and
// with IPv6.
func linked() topology.Topology {
	t := runtimetest.Topology()
	t.IPv6 = true
	t.Links = []topology.Link{{Name: "mx1-store1", From: "mx1", To: "store1", Service: topology.LMTP}}
	return t
}

func TestNetworkFaultsOnRealServers(t *testing.T) {
	cli := needEngine(t)
	top := linked()
	s := up(t, cli, top, topology.Options{})
	store := []string{"store1"}
	tryOn(t, s, top, []trial{
		{kind: "net.partition", on: "mx1-store1", bystander: "mx1"},
		{kind: "net.partition", on: "mx1", with: map[string]any{"Peers": store, "Direction": "from"}, bystander: "mx1"},
		{kind: "net.isolate", on: "mx1", bystander: "store1"},
		{kind: "net.nic-down", on: "mx1", bystander: "store1"},
		{kind: "net.egress-block", on: "mx1", bystander: "mx1"},
		{kind: "net.loss", on: "mx1", with: map[string]any{"Peers": store, "Rate": "40%"}, bystander: "mx1"},
		{kind: "net.reset", on: "mx1-store1", bystander: "mx1"},
		{kind: "net.half-open", on: "mx1-store1", bystander: "mx1"},
		{kind: "net.mtu-blackhole", on: "mx1-store1", bystander: "mx1"},
		{kind: "net.conn-limit", on: "mx1", bystander: "store1"},
		{kind: "net.ipv6-broken", on: "mx1", bystander: "mx1"},
	})
}

// Packets that still arrive: each kind is proven, and does what it was asked for.
func TestTreatedPathsOnRealServers(t *testing.T) {
	cli := needEngine(t)
	top := linked()
	s := up(t, cli, top, topology.Options{})
	trials := []trial{
		{kind: "net.latency", on: "mx1-store1", with: map[string]any{"Delay": 50 * time.Millisecond}, bystander: "mx1"},
		{kind: "net.latency", on: "mx1", with: map[string]any{"Delay": 200 * time.Millisecond, "Jitter": 40 * time.Millisecond, "Peers": []string{"store1"}}, bystander: "mx1"},
		{kind: "net.bandwidth", on: "mx1-store1", with: map[string]any{"Rate": "1Mbit/s"}, bystander: "mx1"},
		{kind: "net.bandwidth", on: "mx1-store1", with: map[string]any{"Rate": "10Mbit/s", "Family": "ipv6"}, bystander: "mx1"},
		{kind: "net.corrupt", on: "mx1-store1", bystander: "mx1"},
		{kind: "net.duplicate", on: "mx1", with: map[string]any{"Rate": "30%", "Peers": []string{"store1"}}, bystander: "mx1"},
		{kind: "net.reorder", on: "mx1-store1", bystander: "mx1"},
	}
	tryOn(t, s, top, trials)
	for _, c := range trials {
		t.Run(c.kind+" measured", func(t *testing.T) { asked(t, s, top, c) })
	}
}

// asked holds a fault for a few looks, and wants one in which every quantity is
// as was asked for: a busy host may spoil others.
func asked(t *testing.T, s topology.System, top topology.Topology, c trial) {
	kind, err := faults.Lookup(c.kind)
	must(t, err)
	fault, err := kind.New(set(c.with))
	must(t, err)
	target := targetOf(t, s, top, kind, c)
	before, err := target.Node.(faults.Snapshotter).Snapshot(t.Context())
	must(t, err)
	must(t, fault.Inject(t.Context(), target))
	good := false
	for range 5 {
		e, err := fault.Verify(t.Context(), target)
		must(t, err)
		good = good || e.Installed && e.Effective && len(e.Measured) > 0 && !slices.ContainsFunc(e.Measured, func(m faults.Measured) bool { return !m.Within })
		for _, m := range e.Measured {
			t.Logf("by %s: %s asked %g %s, seen %g, within %v", e.By, m.What, m.Asked, m.Unit, m.Seen, m.Within)
		}
		t.Log(e.Detail)
	}
	must(t, fault.Revert(t.Context(), target))
	if !good {
		t.Error("what was asked for was never seen")
	}
	after, err := target.Node.(faults.Snapshotter).Snapshot(t.Context())
	must(t, err)
	if !maps.Equal(before, after) {
		t.Errorf("the network differs after it:\n%v\n%v", before, after)
	}
}

// TestNetworkFaultsBiteAtOnce: within 100 ms of the call.
func TestNetworkFaultsBiteAtOnce(t *testing.T) {
	cli := needEngine(t)
	top := linked()
	s := up(t, cli, top, topology.Options{})
	for _, c := range []trial{
		{kind: "net.partition", on: "mx1-store1"},
		{kind: "net.loss", on: "mx1-store1", with: map[string]any{"Rate": "100%"}},
	} {
		kind, err := faults.Lookup(c.kind)
		must(t, err)
		fault, err := kind.New(set(c.with))
		must(t, err)
		target := targetOf(t, s, top, kind, c)
		began := time.Now()
		must(t, fault.Inject(t.Context(), target))
		took := time.Since(began)
		e, err := fault.Verify(t.Context(), target)
		must(t, err)
		must(t, fault.Revert(t.Context(), target))
		if t.Logf("%s: in force %v after the call; %+v", c.kind, took, e); !e.Effective || took > 100*time.Millisecond {
			t.Errorf("%s was not effective within 100 ms: %v, %+v", c.kind, took, e)
		}
	}
}
