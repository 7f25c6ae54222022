package blockdev

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// chunk is how much is copied at a time, in bytes.
const chunk = 1 << 20

// Save copies a device, which nobody has mounted, into a new file. What is zero
// takes no room there.
func Save(device, file string) error {
	from, err := os.Open(device)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := unix.IoctlSetInt(int(from.Fd()), unix.BLKFLSBUF, 0); err != nil { // XFS has written past the cache
		return fmt.Errorf("drop what is cached of %s: %w", device, err)
	}
	to, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	size, err := copySparse(to, from)
	if err == nil {
		err = to.Truncate(size)
	}
	if err == nil {
		err = to.Sync()
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("save %s: %w", device, err)
	}
	return nil
}

// Restore makes a file the content of a device, which nobody has mounted.
func Restore(device, file string) error {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := zero(to); err != nil {
		return fmt.Errorf("empty %s: %w", device, err)
	}
	if _, err := copySparse(to, from); err != nil {
		return fmt.Errorf("write %s: %w", device, err)
	}
	if err := to.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", device, err)
	}
	return unix.IoctlSetInt(int(to.Fd()), unix.BLKFLSBUF, 0)
}

// zero empties a device (BLKZEROOUT, which loop devices do by making holes).
func zero(device *os.File) error {
	size, err := device.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := device.Seek(0, io.SeekStart); err != nil {
		return err
	}
	span := [2]uint64{0, uint64(size)}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, device.Fd(), unix.BLKZEROOUT, uintptr(unsafe.Pointer(&span))); errno != 0 {
		return errno
	}
	return nil
}

// copySparse copies what is not zero, each part to its place.
func copySparse(to io.WriterAt, from io.Reader) (size int64, err error) {
	buffer, zeros := make([]byte, chunk), make([]byte, chunk)
	for {
		n, err := io.ReadFull(from, buffer)
		if n > 0 && !bytes.Equal(buffer[:n], zeros[:n]) {
			if _, err := to.WriteAt(buffer[:n], size); err != nil {
				return size, err
			}
		}
		size += int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
	}
}
