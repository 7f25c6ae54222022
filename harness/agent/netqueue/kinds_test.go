package netqueue_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"maildrill/faults"
	"maildrill/harness/agent/meter"
	"maildrill/harness/agent/netqueue"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/wiretest"
)

// end is the near end of a wire as faults see it.
type end struct {
	wire  wiretest.Wire
	rule  faults.Rule
	queue *netqueue.Queue
}

func (e *end) Name() string                   { return "near" }
func (e *end) Mechanisms() []faults.Mechanism { return []faults.Mechanism{faults.Packets} }

func (e *end) Put(_ context.Context, r faults.Rule) (err error) {
	const number = 7
	var s faults.PacketSpec
	if err = r.Decode(&s); err != nil {
		return err
	}
	if e.queue, err = netqueue.Open(e.wire.Near, number, s); err != nil {
		return err
	}
	e.rule = r
	return netrules.Treat(e.wire.Near, "drill", r.ID, s, r.TTL, number, netqueue.Mark(number), nil)
}

func (e *end) Take(_ context.Context, _ faults.Mechanism, id string) error {
	if e.queue == nil {
		return nil
	}
	q := e.queue
	e.queue = nil
	return errors.Join(netrules.Unfilter(e.wire.Near, "drill", id), q.Close())
}

func (e *end) Rules(context.Context, faults.Mechanism) (all []faults.Standing, err error) {
	found, err := netrules.Filters(e.wire.Near, "drill")
	for _, f := range found {
		looks := f.Looks
		looks[faults.PassingOfSystem] = f.Counters[faults.PacketsPassing]
		all = append(all, faults.Standing{ID: f.ID, Spec: e.rule.Spec, Counters: map[string]uint64{faults.PacketsMet: f.Counters[faults.PacketsMet]}, Looks: looks})
	}
	return all, err
}

func (e *end) Meter(ctx context.Context, t faults.Train) (faults.Journey, error) {
	return meter.Between(ctx, e.wire.Near, e.wire.Far, t)
}

// Each kind does what it was asked for, as both ends see it, and nothing before
// and afterwards. A busy host may spoil one look, not every one.
func TestKindsOnAWire(t *testing.T) {
	w := wiretest.New(t)
	for _, c := range []struct{ kind, with string }{
		{"net.latency", "delay: 50ms"},
		{"net.latency", "{delay: 200ms, jitter: 40ms}"},
		{"net.latency", "{delay: 20ms, direction: from, family: ipv6}"},
		{"net.bandwidth", "rate: 256kbit/s"},
		{"net.bandwidth", "rate: 1Mbit/s"},
		{"net.bandwidth", "rate: 10Mbit/s"},
		{"net.corrupt", "rate: 10%"},
		{"net.duplicate", "{rate: 30%, family: ipv6}"},
		{"net.reorder", "rate: 20%"},
	} {
		t.Run(c.kind+" "+c.with, func(t *testing.T) { onAWire(t, w, c.kind, c.with) })
	}
}

func onAWire(t *testing.T, w wiretest.Wire, id, with string) {
	kind, err := faults.Lookup(id)
	if err != nil {
		t.Fatal(err)
	}
	fault, err := kind.New(func(into any) error { return yaml.Unmarshal([]byte(with), into) })
	if err != nil {
		t.Fatal(err)
	}
	near := &end{wire: w}
	target := faults.Target{Node: near, Peers: []faults.Peer{
		{Name: "near", Node: near, Addresses: []netip.Addr{netip.MustParseAddr(wiretest.Near4), netip.MustParseAddr(wiretest.Near6)}},
		{Name: "far", Addresses: []netip.Addr{netip.MustParseAddr(wiretest.Far4), netip.MustParseAddr(wiretest.Far6)}},
	}}
	look := func() faults.Evidence {
		t.Helper()
		e, err := fault.Verify(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if e := look(); e.Installed || e.Effective {
		t.Errorf("before: %+v", e)
	}
	if err := fault.Inject(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	good := false
	for range 6 {
		e := look()
		t.Logf("%+v; %s", e.Measured, e.Detail)
		good = good || e.Installed && e.Effective && len(e.Measured) > 0 && !slices.ContainsFunc(e.Measured, func(m faults.Measured) bool { return !m.Within })
	}
	if !good {
		t.Error("no look saw what was asked for")
	}
	if err := fault.Revert(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if e := look(); e.Installed || e.Effective {
		t.Errorf("afterwards: %+v", e)
	}
}
