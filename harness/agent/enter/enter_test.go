package enter_test

import (
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"maildrill/harness/agent/enter"
)

// The first thread has the process's id. Before it was kept, one visit in some
// left it in a strange namespace, and /proc/self with it.
func TestTheFirstThreadNeverLeaves(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: entering a network namespace takes root")
	}
	before, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if err := enter.Network("/proc/self/ns/net", func() error {
				if unix.Gettid() == unix.Getpid() {
					t.Error("acts on the first thread")
				}
				return unix.Unshare(unix.CLONE_NEWNET)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if after, _ := os.Readlink("/proc/self/ns/net"); after != before {
		t.Errorf("the process is in %s now, and was in %s", after, before)
	}
}

func TestWhatIsNotThereIsAnError(t *testing.T) {
	acted := false
	if err := enter.Network(t.TempDir()+"/none", func() error { acted = true; return nil }); err == nil || acted {
		t.Errorf("err %v, acted %v", err, acted)
	}
}
