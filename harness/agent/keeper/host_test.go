package keeper

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// Only what can be the main process of a container is killed as one: the id of one
// that has ended may be another's by now.
func TestKillSparesWhoeverHasTheIdByNow(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: making a PID namespace takes root")
	}
	for _, first := range []bool{false, true} {
		c := exec.Command("sleep", "60")
		if first {
			c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = c.Wait(); close(ended) }()
		if err := (Host{}).Kill(c.Process.Pid); (err == nil) != first || err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("first %v: %v", first, err)
		}
		select {
		case <-ended:
			if !first {
				t.Error("a process of the host was killed")
			}
		case <-time.After(map[bool]time.Duration{true: 10 * time.Second, false: 100 * time.Millisecond}[first]):
			if first {
				t.Error("it was not killed")
			}
			_ = c.Process.Kill()
			<-ended
		}
		if err := (Host{}).Kill(c.Process.Pid); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("nobody was killed: %v", err)
		}
	}
}
