package keeper

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// What is held for a network namespace is compared only while the same process
// keeps it: a later one may have the number of one that is gone.
func TestANamespaceIsThatOfTheProcessThatKeepsIt(t *testing.T) {
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	of := func(pid int) string {
		s, err := Host{}.Snapshot(pid)
		if err != nil {
			t.Fatal(err)
		}
		return s["link"].Of
	}
	if self := of(os.Getpid()); self == "" || self != of(os.Getpid()) || self == of(other.Process.Pid) {
		t.Errorf("namespace of %q, of the other process %q", self, of(other.Process.Pid))
	}
}

// A container that was made anew has mounts of its own, which are not compared
// with those of the one before it, although both have the same name.
func TestMountsAreThoseOfOneMakingOfAContainer(t *testing.T) {
	w := &world{running: map[string]bool{"c": true}, paused: map[string]bool{}}
	n := node{Node: Node{Container: "c"}, name: "store1", engine: w, kernel: w}
	of := func() string {
		s, err := n.snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s["mount"].Of
	}
	before := of()
	if again := of(); before == "" || again != before {
		t.Errorf("mounts of %q, and then of %q", before, again)
	}
	w.made = "anew-"
	if after := of(); after == before {
		t.Errorf("after it was made anew, mounts are still of %q", after)
	}
}

// A server may change its own limits after it has begun to answer (Rspamd its
// stack): only the one that faults change is compared.
func TestLimitsThatServersChangeThemselvesAreNotCompared(t *testing.T) {
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	text := func() string {
		held, err := limitsOf(other.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		return held.Text
	}
	before := text()
	for _, c := range []struct {
		limit int
		same  bool
	}{{unix.RLIMIT_STACK, true}, {unix.RLIMIT_NOFILE, false}} {
		if err := unix.Prlimit(other.Process.Pid, c.limit, &unix.Rlimit{Cur: 77, Max: 77}, nil); err != nil {
			t.Fatal(err)
		}
		if now := text(); (now == before) != c.same {
			t.Errorf("limit %d changed: %q, before %q", c.limit, now, before)
		}
	}
}
