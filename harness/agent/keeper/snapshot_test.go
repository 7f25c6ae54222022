package keeper

import (
	"os"
	"os/exec"
	"testing"
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
