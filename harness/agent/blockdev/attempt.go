package blockdev

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Create makes a file without a name and takes bytes of room for it, which are
// given back at once. The time is that of making it.
func Create(root string, bytes int64) (took time.Duration, err error) {
	began := time.Now()
	fd, err := unix.Open(root, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	took = time.Since(began)
	if err != nil {
		return took, fmt.Errorf("make a file: %w", err)
	}
	defer unix.Close(fd)
	if bytes == 0 {
		return took, nil
	}
	if err := unix.Fallocate(fd, 0, 0, bytes); err != nil {
		return took, fmt.Errorf("take %d bytes: %w", bytes, err)
	}
	return took, nil
}

// mark is an attribute of the root of a file system that was put in the place
// of another (xattr(7)): no server lists it.
const mark = "trusted.maildrill"

// Mark leaves a mark on a file system.
func Mark(root, text string) error { return unix.Setxattr(root, mark, []byte(text), 0) }

// Unmark takes the mark away.
func Unmark(root string) error {
	if err := unix.Removexattr(root, mark); !errors.Is(err, unix.ENODATA) {
		return err
	}
	return nil
}

// Marked tells whether it has that mark.
func Marked(root, text string) bool {
	buffer := make([]byte, 256)
	n, err := unix.Getxattr(root, mark, buffer)
	return err == nil && string(buffer[:n]) == text
}

// On tells whether a folder is on the device.
func On(root, device string) (bool, error) {
	var is, want unix.Stat_t
	if err := unix.Stat(device, &want); err != nil {
		return false, fmt.Errorf("find %s: %w", device, err)
	}
	if err := unix.Stat(root, &is); err != nil {
		return false, err
	}
	return is.Dev == want.Rdev, nil
}
