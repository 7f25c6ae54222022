package blockdev

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Lock makes a file system read-only, or takes it back: the file system itself,
// not one of its mounts, as the kernel does after an error. root must be where it
// is mounted; the mount namespace need not be ours (fspick(2)). While somebody
// has a file open for writing the kernel refuses.
func Lock(root string, on bool) error {
	fd, err := unix.Fspick(unix.AT_FDCWD, root, unix.FSPICK_CLOEXEC)
	if err != nil {
		return fmt.Errorf("pick the file system: %w", err)
	}
	defer unix.Close(fd)
	flag := "rw"
	if on {
		flag = "ro"
	}
	if err := unix.FsconfigSetFlag(fd, flag); err != nil {
		return fmt.Errorf("ask for %s: %w", flag, err)
	}
	err = unix.FsconfigReconfigure(fd)
	if errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("a file is open for writing (%s), so the kernel leaves it writable: %w", strings.Join(Writers(root), ", "), err)
	}
	if err != nil {
		return fmt.Errorf("make it %s: %w", flag, err)
	}
	return nil
}

// Locked tells whether a file system is read-only.
func Locked(root string) (bool, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(root, &s); err != nil {
		return false, err
	}
	return s.Flags&unix.ST_RDONLY != 0, nil
}
