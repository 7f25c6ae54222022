package rlimits

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

func TestTightLeavesExactlyWhatIsAskedFor(t *testing.T) {
	for _, open := range [][]int{nil, {0, 1, 2}, {0, 1, 2, 5, 9}, {3, 4}} {
		for free := range 8 {
			if got := Free(open, Tight(open, free)); got != free {
				t.Errorf("%v: %d are left free, want %d", open, got, free)
			}
		}
	}
	if got := Tight([]int{0, 1, 5}, 0); got != 2 {
		t.Errorf("the lowest limit that leaves none is %d, want 2", got)
	}
}

// A process of another user is limited and set free again.
func TestLimitOfAnotherProcess(t *testing.T) {
	c := exec.Command("sleep", "60")
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 12345, Gid: 12345}}
	}
	if err := c.Start(); err != nil {
		t.Skipf("SKIPPED: nobody to limit: %v", err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	pid := c.Process.Pid
	before, err := Files(pid)
	if err != nil {
		t.Fatal(err)
	}
	open, err := Open(pid)
	if err != nil {
		t.Fatal(err)
	}
	if was, err := Set(pid, Tight(open, 0)); err != nil || was != before {
		t.Fatalf("was %d, %v, want %d", was, err, before)
	}
	if now, err := Files(pid); err != nil || Free(open, now) != 0 {
		t.Errorf("limit %d, %v, with %v open", now, err, open)
	}
	if _, err := Set(pid, before); err != nil {
		t.Fatal(err)
	}
	if now, err := Files(pid); err != nil || now != before {
		t.Errorf("limit %d, %v afterwards, want %d", now, err, before)
	}
}
