package keeper

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"

	"maildrill/harness/agent/blockdev"
)

// loopControl is the device that gives loop devices (loop(4)): 10, 237.
const loopControl = "/dev/loop-control"

// loopTries is how often a free device may be taken by somebody else first.
const loopTries = 16

// Attach makes a loop device of an image. The kernel takes it away by itself
// when it is neither open nor mounted any more, however the keeper ends.
func (h Host) Attach(image, label string) (string, io.Closer, error) {
	file, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	if err := special(loopControl, unix.S_IFCHR, unix.Mkdev(10, 237)); err != nil {
		return "", nil, err
	}
	control, err := os.OpenFile(loopControl, os.O_RDWR, 0)
	if err != nil {
		return "", nil, fmt.Errorf("the engine's host has no loop devices: %w", err)
	}
	defer control.Close()
	for range loopTries {
		var number int
		if number, err = unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE); err != nil {
			return "", nil, fmt.Errorf("find a free loop device: %w", err)
		}
		var device *os.File
		if device, err = bind(number, file, label); err == nil {
			return device.Name(), device, nil
		}
		if !errors.Is(err, unix.EBUSY) {
			return "", nil, err
		}
	}
	return "", nil, err
}

// bind makes the file the content of a loop device.
func bind(number int, file *os.File, label string) (*os.File, error) {
	name := fmt.Sprintf("/dev/loop%d", number)
	numbers, err := os.ReadFile(fmt.Sprintf("/sys/block/loop%d/dev", number))
	if err != nil {
		return nil, err
	}
	var major, minor uint32
	if _, err := fmt.Sscanf(string(numbers), "%d:%d", &major, &minor); err != nil {
		return nil, fmt.Errorf("read the numbers of %s: %w", name, err)
	}
	if err := special(name, unix.S_IFBLK, unix.Mkdev(major, minor)); err != nil {
		return nil, err
	}
	device, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	c := unix.LoopConfig{Fd: uint32(file.Fd())}
	c.Info.Flags = unix.LO_FLAGS_AUTOCLEAR
	copy(c.Info.File_name[:len(c.Info.File_name)-1], label)
	if err := unix.IoctlLoopConfigure(int(device.Fd()), &c); err != nil {
		return nil, errors.Join(fmt.Errorf("bind %s to %s: %w", name, file.Name(), err), device.Close())
	}
	return device, nil
}

// special makes a device file in the keeper's own /dev.
func special(path string, kind uint32, number uint64) error {
	err := unix.Mknod(path, kind|0o600, int(number))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make %s: %w", path, err)
	}
	return nil
}

// Shutting a file system down (fs/ext4/ext4.h, fs/xfs/libxfs/xfs_fs.h):
// EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are both _IOR('X', 125, __u32), and
// so are their flags; without a flush even committed records of the journal
// that are not on the disk are gone.
const (
	goingDown  = 0x8004587d
	noLogFlush = 2
)

// Shut shuts down the file system that the process sees at path, once it is
// sure that this is the one on the device.
func (h Host) Shut(pid int, path, device string) error {
	dir, err := openOn(pid, path, device)
	if err != nil {
		return err
	}
	defer dir.Close()
	flags := uint32(noLogFlush)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, dir.Fd(), goingDown, uintptr(unsafe.Pointer(&flags))); errno != 0 {
		return fmt.Errorf("shut down the file system on %s: %w", device, errno)
	}
	return nil
}

// IsShut tries to make a file that has no name.
func (h Host) IsShut(pid int, path, device string) (bool, error) {
	dir, err := openOn(pid, path, device)
	if errors.Is(err, unix.EIO) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer dir.Close()
	fd, err := unix.Openat(int(dir.Fd()), ".", unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, 0o600)
	if err == nil {
		return false, unix.Close(fd)
	}
	if errors.Is(err, unix.EIO) || errors.Is(err, unix.EROFS) {
		return true, nil
	}
	return false, err
}

// openOn opens a folder as the process sees it, if it lies on the device: no
// other file system must ever be shut down.
func openOn(pid int, path, device string) (*os.File, error) {
	var want unix.Stat_t
	if err := unix.Stat(device, &want); err != nil {
		return nil, fmt.Errorf("find %s: %w", device, err)
	}
	dir, err := os.OpenFile(proc(pid, filepath.Join("root", path)), os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	var is unix.Stat_t
	if err := unix.Fstat(int(dir.Fd()), &is); err != nil || is.Dev != want.Rdev {
		return nil, errors.Join(fmt.Errorf("%s is not on %s", path, device), err, dir.Close())
	}
	return dir, nil
}

// Look reads what the kernel shows of the device: its lists of mounted file
// systems, which know no namespaces, and whether the journal was left in order.
func (h Host) Look(device string) (mounted, unclean bool, err error) {
	for _, list := range mountedNames {
		if _, err := os.Stat(filepath.Join(list, filepath.Base(device))); err == nil {
			mounted = true
		} else if !errors.Is(err, fs.ErrNotExist) {
			return false, false, err
		}
	}
	if mounted {
		return true, false, nil
	}
	unclean, err = blockdev.Unclean(device)
	return false, unclean, err
}

// mountedNames are the folders with a name for each device that is mounted as
// ext4 (Documentation/admin-guide/ext4.rst) or as XFS.
var mountedNames = []string{"/proc/fs/ext4", "/sys/fs/xfs"}
