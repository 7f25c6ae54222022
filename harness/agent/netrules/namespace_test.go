package netrules

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// lonely gives the path of a network namespace that has nothing but loopback
// and a link of its own, in which run runs a command (ip(8), nft(8)).
func lonely(t *testing.T) (path string, run func(name string, args ...string)) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace takes root")
	}
	made := make(chan int)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		fd := -1
		if unix.Unshare(unix.CLONE_NEWNET) == nil {
			fd, _ = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		}
		made <- fd
	}()
	fd := <-made
	if fd < 0 {
		t.Fatal("cannot make a network namespace")
	}
	ns := os.NewFile(uintptr(fd), "net")
	t.Cleanup(func() { _ = ns.Close() })
	run = func(name string, args ...string) {
		t.Helper()
		if out, err := enterAnd(fd, name, args...); err != nil {
			t.Fatalf("%s %v: %v: %s", name, args, err, out)
		}
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), run
}

// enterAnd runs a command in the namespace.
func enterAnd(fd int, name string, args ...string) (out []byte, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err = unix.Setns(fd, unix.CLONE_NEWNET); err == nil {
			out, err = exec.Command(name, args...).CombinedOutput()
		}
	}()
	<-done
	return out, err
}
