package faults_test

import (
	"testing"

	"maildrill/faults"
	"maildrill/faults/faulttest"
)

// What meets a fault on packets is counted, from nothing on; what limits have
// counted may be looks from the outside, and a node that is down counts nothing.
func TestWhatIsCountedOfTheSystem(t *testing.T) {
	for _, c := range []struct {
		kind string
		want bool
	}{
		{"net.partition", true},
		{"net.nic-down", false},
		{"resource.pids", false},
		{"storage.full", false},
		{"node.crash", false},
	} {
		s := newScene(t, c.kind, required[c.kind], faulttest.NewNode("mx1"))
		if e := s.look(); e.Counts {
			t.Errorf("%s counts before it is there: %+v", c.kind, e)
		}
		s.do(s.fault.Inject)
		if e := s.look(); e.Counts != c.want {
			t.Errorf("%s counts: %v, want %v", c.kind, e.Counts, c.want)
		}
	}
}

// Whatever sees the traffic counts it, and a disk that is asked before each
// access; a rule that has counters of its own work counts nothing of the mail.
func TestWhichRulesCount(t *testing.T) {
	for _, c := range []struct {
		mechanism faults.Mechanism
		counters  map[string]uint64
		want      bool
	}{
		{faults.Packets, map[string]uint64{faults.PacketsMet: 0}, true},
		{faults.Streams, nil, true},
		{faults.Dialogue, nil, true},
		{faults.Names, map[string]uint64{"questions": 0}, true},
		{faults.Disks, map[string]uint64{"accesses": 0, "failed": 0}, true},
		{faults.Disks, map[string]uint64{"files_gone": 3, "files_back": 2}, false},
		{faults.Disks, nil, false},
		{faults.Files, map[string]uint64{"files": 3}, false},
		{faults.Load, map[string]uint64{"offered": 7}, false},
		{faults.Limits, map[string]uint64{"limit_hits": 7}, false},
	} {
		if got := faults.Counts(c.mechanism, faults.Standing{Counters: c.counters}); got != c.want {
			t.Errorf("%s %v: %v, want %v", c.mechanism, c.counters, got, c.want)
		}
	}
}
