package keeper

import (
	"errors"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/netrules"
)

// treating is a kernel whose rules are treated.
type treating struct {
	*world
	ids   []string
	given []*treatment
}

type treatment struct {
	queue        uint16
	dead, closed bool
	stuck        bool // it cannot be closed
}

func (t *treatment) By() string               { return "nfqueue" }
func (t *treatment) Alive() bool              { return !t.dead }
func (t *treatment) Counts() (uint64, uint64) { return 5, 2 }
func (t *treatment) Close() error {
	if t.stuck {
		return errors.New("stuck")
	}
	t.closed = true
	return nil
}

func (k *treating) Treat(_ int, id string, _ faults.PacketSpec, _ time.Duration, queue uint16) (Treatment, error) {
	k.ids = []string{id}
	t := &treatment{queue: queue}
	k.given = append(k.given, t)
	return t, nil
}

func (k *treating) Unfilter(int, string) error { k.ids = nil; return nil }

func (k *treating) Filters(int) (found []netrules.Filtered, err error) {
	for _, id := range k.ids {
		found = append(found, netrules.Filtered{ID: id, Left: time.Minute})
	}
	return found, nil
}

// A rule stands while its packets are treated: a listener that died is not
// taken for one that works. What is put again has a queue of its own.
func TestTreatedPackets(t *testing.T) {
	k := &treating{world: &world{running: map[string]bool{"c": true}}}
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: k.world, kernel: k}
	p := &packets{specs: specs{}, treatments: treatments{}}
	rule, err := faults.NewRule("late", faults.Packets, faults.PacketSpec{Action: faults.DelayPackets, Delay: time.Second}, time.Minute)
	for range 2 {
		if err == nil {
			err = p.put(t.Context(), n, rule)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(k.given) != 2 || k.given[0].queue == k.given[1].queue || !k.given[0].closed || k.given[1].closed {
		t.Errorf("put twice: %+v, %+v", k.given[0], k.given[1])
	}
	look := func() []faults.Standing {
		standing, err := p.rules(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return standing
	}
	if s := look(); len(s) != 1 || s[0].By != "nfqueue" || s[0].Looks[faults.PacketsTreated] != 5 || s[0].Looks[faults.PacketsOverflown] != 2 {
		t.Errorf("stands %+v", s)
	}
	k.given[1].dead = true
	if s := look(); len(s) != 0 {
		t.Errorf("nobody listens, and it stands: %+v", s)
	}
	if err := p.take(t.Context(), n, "late"); err != nil || !k.given[1].closed || len(look()) != 0 {
		t.Errorf("taken: %v, %+v", err, k.given[1])
	}
}

// A treatment that could not be ended is not forgotten.
func TestATreatmentIsEndedAgain(t *testing.T) {
	k := &treating{world: &world{running: map[string]bool{"c": true}}}
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: k.world, kernel: k}
	p := &packets{specs: specs{}, treatments: treatments{}}
	rule := ruleOf(t, "late", faults.Packets, faults.PacketSpec{Action: faults.DelayPackets}, time.Minute)
	if err := p.put(t.Context(), n, rule); err != nil {
		t.Fatal(err)
	}
	k.given[0].stuck = true
	if err := p.put(t.Context(), n, rule); err == nil {
		t.Error("the one before goes on, and nobody says so")
	}
	if err := p.take(t.Context(), n, "late"); err == nil || !k.given[1].closed {
		t.Errorf("taken: %v, %+v", err, k.given)
	}
	k.given[0].stuck = false
	if err := p.take(t.Context(), n, "late"); err != nil || !k.given[0].closed {
		t.Errorf("taken again: %v, and it goes on", err)
	}
}

// A node that went down took its network along, but not the listener.
func TestTreatmentEndsWithItsNode(t *testing.T) {
	k := &treating{world: &world{running: map[string]bool{"c": true}}}
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: k.world, kernel: k}
	p := &packets{specs: specs{}, treatments: treatments{}}
	rule, err := faults.NewRule("late", faults.Packets, faults.PacketSpec{Action: faults.DelayPackets}, time.Minute)
	if err == nil {
		err = p.put(t.Context(), n, rule)
	}
	if err != nil {
		t.Fatal(err)
	}
	k.running["c"] = false
	if err := p.take(t.Context(), n, "late"); err != nil || !k.given[0].closed {
		t.Errorf("taken: %v, %+v", err, k.given[0])
	}
}
