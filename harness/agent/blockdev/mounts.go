package blockdev

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"maildrill/harness/agent/enter"
)

// Beneath takes a mount away in the mount namespace of a process: what is at the
// path then is the folder beneath. The mount that is kept can be put back.
func Beneath(pid int, path string) (kept *os.File, err error) {
	err = within(pid, func() error {
		fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
		if err != nil {
			return fmt.Errorf("keep the mount at %s: %w", path, err)
		}
		kept = os.NewFile(uintptr(fd), path)
		if err := unix.Unmount(path, unix.MNT_DETACH); err != nil {
			return errors.Join(fmt.Errorf("unmount %s: %w", path, err), kept.Close())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// PutBack mounts what Beneath kept.
func PutBack(pid int, path string, kept *os.File) error {
	return within(pid, func() error {
		if err := unix.MoveMount(int(kept.Fd()), "", unix.AT_FDCWD, path, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
			return fmt.Errorf("mount %s again: %w", path, err)
		}
		return nil
	})
}

// within acts in the mount namespace of a process.
func within(pid int, act func() error) error {
	return enter.Mounts(fmt.Sprintf("/proc/%d/ns/mnt", pid), act)
}
