package blockdev

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Of fanotify(7), where the library does not have them: the kernel asks before
// each access, since Linux 6.14 before writes too, and can be told an error.
const (
	preAccess  = 0x00100000 // FAN_PRE_ACCESS
	preContent = 0x00000008 // FAN_CLASS_PRE_CONTENT
	errnoShift = 24         // FAN_ERRNO_SHIFT
)

// Gate stands before a file system: the kernel asks it before a file is opened,
// read or written. If it dies, the kernel lets everything pass.
type Gate struct {
	group  *os.File
	fd     int
	answer func() (time.Duration, unix.Errno)
	passed atomic.Uint64 // accesses that met the gate, those of this process apart
	failed atomic.Uint64
	closed sync.Once
	done   chan struct{}
}

// Slow lets each access wait.
func Slow(root string, delay time.Duration) (*Gate, error) {
	return open(root, func() (time.Duration, unix.Errno) { return delay, 0 })
}

// Fail lets a share of all accesses end with EIO.
func Fail(root string, share float64) (*Gate, error) {
	return open(root, func() (time.Duration, unix.Errno) {
		if rand.Float64() < share {
			return 0, unix.EIO
		}
		return 0, 0
	})
}

func open(root string, answer func() (time.Duration, unix.Errno)) (*Gate, error) {
	fd, err := unix.FanotifyInit(preContent|unix.FAN_CLOEXEC|unix.FAN_NONBLOCK|unix.FAN_UNLIMITED_QUEUE, unix.O_RDONLY|unix.O_LARGEFILE|unix.O_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("be asked before each access (fanotify(7), CONFIG_FANOTIFY_ACCESS_PERMISSIONS): %w", unknown(err))
	}
	g := &Gate{group: os.NewFile(uintptr(fd), "fanotify"), fd: fd, answer: answer, done: make(chan struct{})}
	err = unix.FanotifyMark(fd, unix.FAN_MARK_ADD|unix.FAN_MARK_FILESYSTEM, unix.FAN_OPEN_PERM|preAccess, unix.AT_FDCWD, root)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("be asked before each access (Linux 6.14 or later, on ext4, XFS or Btrfs): %w", unknown(err)), g.group.Close())
	}
	go g.serve()
	return g, nil
}

// unknown marks the error of a kernel that does not know what it is asked for:
// the flags are always the same, so that it refuses them as invalid.
func unknown(err error) error {
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return err
}

// Close opens the gate for good; what waits passes.
func (g *Gate) Close() error {
	err := error(nil)
	g.closed.Do(func() { close(g.done); err = g.group.Close() })
	return err
}

// Counters are how many accesses met the gate, and how many failed.
func (g *Gate) Counters() map[string]uint64 {
	return map[string]uint64{"accesses": g.passed.Load(), "failed": g.failed.Load()}
}

// Stands tells whether the kernel still asks: it forgets when the file system is
// unmounted (proc(5), fdinfo).
func (g *Gate) Stands() bool {
	select {
	case <-g.done:
		return false
	default:
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", g.fd))
	return err == nil && bytes.Contains(text, []byte("fanotify sdev:"))
}

// eventSize is that of struct fanotify_event_metadata.
const eventSize = 24

func (g *Gate) serve() {
	buffer := make([]byte, 200*eventSize)
	for {
		n, err := g.group.Read(buffer)
		if err != nil {
			return
		}
		for at := 0; at+eventSize <= n; at += int(binary.NativeEndian.Uint32(buffer[at:])) {
			fd := int32(binary.NativeEndian.Uint32(buffer[at+16:]))
			pid := int32(binary.NativeEndian.Uint32(buffer[at+20:]))
			if fd >= 0 {
				g.meet(fd, int(pid) == os.Getpid())
			}
		}
	}
}

// meet decides on one access. Our own looks meet the gate too, and are not
// counted.
func (g *Gate) meet(fd int32, own bool) {
	delay, errno := g.answer()
	if !own {
		g.passed.Add(1)
		if errno != 0 {
			g.failed.Add(1)
		}
	}
	if delay == 0 {
		g.reply(fd, errno)
		return
	}
	go func() {
		wait := time.NewTimer(delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-g.done:
		}
		g.reply(fd, errno)
	}()
}

// reply lets an access pass, or fail. Of a gate that is closed the kernel lets
// it pass anyway.
func (g *Gate) reply(fd int32, errno unix.Errno) {
	defer unix.Close(int(fd))
	verdict := uint32(unix.FAN_ALLOW)
	if errno != 0 {
		verdict = unix.FAN_DENY | uint32(errno)<<errnoShift
	}
	var response [8]byte
	binary.NativeEndian.PutUint32(response[:], uint32(fd))
	binary.NativeEndian.PutUint32(response[4:], verdict)
	_, _ = g.group.Write(response[:])
}
