// Package enter acts in the namespaces of other processes (setns(2)), on
// threads that are given up afterwards: nothing else ever runs there.
//
// A thread that Go cannot end is the first one of the process, and /proc/self
// shows that one's namespaces and mounts. So the first thread is kept for the
// main goroutine, and never goes anywhere.
package enter

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// What a package does before main is done on the first thread, by the goroutine
// that becomes main's.
func init() { runtime.LockOSThread() }

// Network acts in the network namespace at the path (/proc/PID/ns/net).
func Network(path string, act func() error) error {
	return apart(func() error {
		if err := into(path, unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter network namespace: %w", err)
		}
		return act()
	})
}

// Mounts acts in the mount namespace at the path (/proc/PID/ns/mnt).
func Mounts(path string, act func() error) error {
	return apart(func() error {
		if err := unix.Unshare(unix.CLONE_FS); err != nil { // its working folder is its own
			return fmt.Errorf("leave the shared folders: %w", err)
		}
		if err := into(path, unix.CLONE_NEWNS); err != nil {
			return fmt.Errorf("enter mount namespace: %w", err)
		}
		return act()
	})
}

// apart acts on a thread of its own, which ends before apart is over or soon
// after.
func apart(act func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		done <- act()
	}()
	return <-done
}

func into(path string, kind int) error {
	ns, err := os.Open(path)
	if err != nil {
		return err
	}
	defer ns.Close()
	return unix.Setns(int(ns.Fd()), kind)
}
