package netqueue_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/meter"
	"maildrill/harness/agent/netqueue"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/wiretest"
)

// wire is one on which rules are put, at its near end.
type wire struct{ wiretest.Wire }

func newWire(t *testing.T) wire { t.Helper(); return wire{wiretest.New(t)} }

func (w wire) measure(t *testing.T, train faults.Train, six bool) faults.Journey {
	t.Helper()
	train.Here, train.There = netip.MustParseAddr(wiretest.Near4), netip.MustParseAddr(wiretest.Far4)
	if six {
		train.Here, train.There = netip.MustParseAddr(wiretest.Near6), netip.MustParseAddr(wiretest.Far6)
	}
	j, err := meter.Between(t.Context(), w.Near, w.Far, train)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// treated lets a rule stand for as long as the test.
func (w wire) treated(t *testing.T, s faults.PacketSpec) *netqueue.Queue {
	t.Helper()
	const number = 7
	q, err := netqueue.Open(w.Near, number, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	if err := netrules.Treat(w.Near, "drill", "r", s, time.Minute, number, netqueue.Mark(number), nil); err != nil {
		t.Fatal(err)
	}
	return q
}

func median(p faults.Passing) time.Duration {
	var all []time.Duration
	for _, d := range p.Came {
		all = append(all, d.Took)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return -1
	}
	return all[len(all)/2]
}

func TestTreatments(t *testing.T) {
	w := newWire(t)
	const sent = 40
	train := faults.Train{Count: sent, Size: 500, Gap: 2 * time.Millisecond, Patience: 2 * time.Second}
	for _, six := range []bool{false, true} {
		for _, c := range []struct {
			name string
			spec faults.PacketSpec
			ok   func(there, back faults.Passing) bool
		}{
			{"delay", faults.PacketSpec{Action: "delay", Delay: 50 * time.Millisecond}, func(there, back faults.Passing) bool {
				return median(there) >= 50*time.Millisecond && median(back) >= 50*time.Millisecond
			}},
			{"delay one way", faults.PacketSpec{Action: "delay", Delay: time.Second / 2, Direction: "to"}, func(there, back faults.Passing) bool {
				return median(there) >= time.Second/2 && median(back) < time.Second/2
			}},
			{"duplicate", faults.PacketSpec{Action: "duplicate"}, func(there, back faults.Passing) bool {
				return len(there.Came) == 2*sent && len(back.Came) == 2*sent
			}},
			{"duplicate one way", faults.PacketSpec{Action: "duplicate", Direction: "from"}, func(there, back faults.Passing) bool {
				return len(there.Came) == sent && len(back.Came) == 2*sent
			}},
			{"corrupt", faults.PacketSpec{Action: "corrupt"}, func(there, back faults.Passing) bool {
				return len(there.Came) == 0 && len(back.Came) == 0 && there.Broken > sent/2 && back.Broken > sent/2
			}},
			{"rate", faults.PacketSpec{Action: "rate", Rate: 500_000}, func(there, back faults.Passing) bool {
				least := (sent - 1) * 500 * 8 * time.Second / 500_000
				return len(there.Came) == sent && there.Came[sent-1].At-there.Came[0].At >= least*85/100
			}},
		} {
			t.Run(fmt.Sprintf("%s, IPv6 %v", c.name, six), func(t *testing.T) {
				q := w.treated(t, c.spec)
				j := w.measure(t, train, six)
				treated, overflown := q.Counts()
				t.Logf("there %d, median %v, broken %d; back %d, median %v, broken %d; treated %d, overflown %d", len(j.There.Came), median(j.There), j.There.Broken,
					len(j.Back.Came), median(j.Back), j.Back.Broken, treated, overflown)
				if !c.ok(j.There, j.Back) || treated == 0 {
					t.Errorf("saw %+v", j)
				}
			})
		}
	}
}

// A listener that is gone lets packets pass.
func TestWithoutAListenerPacketsPass(t *testing.T) {
	w := newWire(t)
	q := w.treated(t, faults.PacketSpec{Action: "delay", Delay: 10 * time.Second})
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if q.Alive() {
		t.Error("a closed queue is alive")
	}
	j := w.measure(t, faults.Train{Count: 5, Size: 100, Patience: 5 * time.Second}, false)
	if len(j.There.Came) != 5 || len(j.Back.Came) != 5 {
		t.Errorf("saw %+v", j)
	}
}

// Closing lets go what waits.
func TestCloseLetsGo(t *testing.T) {
	w := newWire(t)
	q := w.treated(t, faults.PacketSpec{Action: "delay", Delay: time.Minute, Direction: "to"})
	go func() {
		for {
			if n, _ := q.Counts(); n > 0 {
				_ = q.Close()
				return
			}
			select {
			case <-t.Context().Done():
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	if j := w.measure(t, faults.Train{Count: 1, Size: 100, Patience: 10 * time.Second}, false); len(j.There.Came) != 1 {
		t.Errorf("saw %+v", j)
	}
}
