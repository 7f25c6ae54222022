package netqueue

import (
	"net/netip"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/meter"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/wiretest"
)

// A listener that ends by itself takes nothing along: packets pass.
func TestPacketsPassADeadListener(t *testing.T) {
	w := wiretest.New(t)
	const number = 7
	spec := faults.PacketSpec{Action: faults.DelayPackets, Delay: time.Millisecond}
	q, err := Open(w.Near, number, spec)
	if err == nil {
		err = netrules.Treat(w.Near, "drill", "r", spec, time.Minute, number, Mark(number), nil)
	}
	if err == nil {
		err = q.conn.SetReadDeadline(time.Unix(1, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
	<-q.done
	train := faults.Train{Count: 10, Size: 100, Patience: 500 * time.Millisecond,
		Here: netip.MustParseAddr(wiretest.Near4), There: netip.MustParseAddr(wiretest.Far4)}
	j, err := meter.Between(t.Context(), w.Near, w.Far, train)
	if err != nil || len(j.There.Came) != train.Count || len(j.Back.Came) != train.Count {
		t.Errorf("%d and %d of %d came: %v", len(j.There.Came), len(j.Back.Came), train.Count, err)
	}
	for range 2 {
		if err := q.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}
