package netrules

import (
	"encoding/hex"
	"errors"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/meter"
	"maildrill/harness/agent/wiretest"
)

// The messages are those that tc(8) writes: `netem delay 50ms 10ms`, `netem
// duplicate 100%` and `netem corrupt 100%`, with a limit of 10000.
func TestNetemOptions(t *testing.T) {
	for _, c := range []struct {
		spec faults.PacketSpec
		want string // little-endian: latency, limit, loss, gap, duplicate, jitter, then attributes
	}{
		{faults.PacketSpec{Action: "delay", Delay: 50 * time.Millisecond, Jitter: 10 * time.Millisecond},
			"00000000" + "10270000" + "00000000" + "00000000" + "00000000" + "00000000" +
				"0c000a00" + "80f0fa0200000000" + "0c000b00" + "8096980000000000"},
		{faults.PacketSpec{Action: "duplicate"}, "00000000" + "10270000" + "00000000" + "00000000" + "ffffffff" + "00000000"},
		{faults.PacketSpec{Action: "corrupt"}, "00000000" + "10270000" + "00000000" + "00000000" + "00000000" + "00000000" + "0c000400" + "ffffffff" + "00000000"},
	} {
		b, err := netemOptions(c.spec)
		if got := hex.EncodeToString(b); err != nil || got != c.want {
			t.Errorf("%s: %v\n%s, want\n%s", c.spec.Action, err, got, c.want)
		}
	}
	if _, err := netemOptions(faults.PacketSpec{Action: "rate"}); err == nil {
		t.Error("a rate is taken")
	}
}

// What the rule gives to a class goes through its leaf, and nothing else does:
// here one that has no room (tc-pfifo(8)). Afterwards all is as before.
func TestAClassTakesWhatTheRuleGivesIt(t *testing.T) {
	w := wiretest.New(t)
	before, err := Snapshot(w.Near)
	if err != nil {
		t.Fatal(err)
	}
	var classes []*Emulated
	for number := range uint16(2) {
		e, err := emulate(w.Near, 7+number, leaf{"pfifo", words(0)})
		if err != nil {
			t.Fatal(err)
		}
		classes = append(classes, e)
	}
	came := func() [2]int {
		j, err := meter.Between(t.Context(), w.Near, w.Far, faults.Train{Count: 10, Size: 100, Patience: 300 * time.Millisecond,
			Here: netip.MustParseAddr(wiretest.Near4), There: netip.MustParseAddr(wiretest.Far4)})
		if err != nil {
			t.Fatal(err)
		}
		return [2]int{len(j.There.Came), len(j.Back.Came)}
	}
	if got := came(); got != [2]int{10, 10} {
		t.Errorf("without a rule, %v of 10 came", got)
	}
	if err := Treat(w.Near, "drill", "r", faults.PacketSpec{Action: "delay"}, time.Minute, 7, 1, classes[0]); err != nil {
		t.Fatal(err)
	}
	if got := came(); got != [2]int{0, 10} {
		t.Errorf("under the rule, %v came; want none of those that leave", got)
	}
	if err := Unfilter(w.Near, "drill", "r"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds nothing
		for _, e := range classes {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	same(t, w, before)
}

// A class is removed after the process by which the namespace was found.
func TestAClassOutlivesWhoeverShowedItsNamespace(t *testing.T) {
	path, run := lonely(t)
	run("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1")
	run("ip", "link", "set", "wire0", "up")
	before, err := Snapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	shown := filepath.Join(t.TempDir(), "net")
	if err := os.Symlink(path, shown); err != nil {
		t.Fatal(err)
	}
	e, err := emulate(shown, 7, leaf{"pfifo", words(0)})
	if err == nil {
		err = os.Remove(shown)
	}
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		t.Error(err)
	}
	if after, err := Snapshot(path); err != nil || !maps.Equal(before, after) {
		t.Errorf("it differs (%v):\n%v\n%v", err, before, after)
	}
}

// A kernel without netem says so, and keeps nothing of the attempt.
func TestEmulateOrNothing(t *testing.T) {
	w := wiretest.New(t)
	before, err := Snapshot(w.Near)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Emulate(w.Near, 7, faults.PacketSpec{Action: "delay", Delay: time.Second})
	switch {
	case err == nil:
		err = e.Close()
	case errors.Is(err, unix.ENOENT):
		t.Logf("this kernel has no netem: %v", err)
		err = nil
	}
	if err != nil {
		t.Error(err)
	}
	same(t, w, before)
}

func same(t *testing.T, w wiretest.Wire, before map[string]string) {
	t.Helper()
	after, err := Snapshot(w.Near)
	if err != nil || !maps.Equal(before, after) {
		t.Errorf("it differs (%v):\n%v\n%v", err, before, after)
	}
}

// Engines give their interfaces a queue of length 0, which the kernel makes 1000
// with the first discipline; that is put back, whether the class could be made or
// not.
func TestTheQueueIsAsLongAsBefore(t *testing.T) {
	for _, l := range []leaf{{"pfifo", words(0)}, {"nosuch", nil}} {
		path, run := lonely(t)
		run("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1")
		run("ip", "link", "set", "wire0", "up", "txqueuelen", "0")
		before, err := Snapshot(path)
		if err != nil {
			t.Fatal(err)
		}
		if e, err := emulate(path, 7, l); err == nil {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
		} else if l.kind == "pfifo" {
			t.Fatal(err)
		}
		if after, err := Snapshot(path); err != nil || !maps.Equal(before, after) {
			t.Errorf("%s: it differs (%v):\n%v\n%v", l.kind, err, before, after)
		}
	}
}
