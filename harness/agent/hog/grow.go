package hog

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"maildrill/harness/agent/cgroups"
)

// piece is how much is taken between two looks at the counter, in bytes. What a
// process gives back that was killed is more.
const piece = 256 << 10

// order is what a hog is told, in one line.
type order struct {
	// Counter is the file and the key of the kernel's count of killed processes.
	Counter cgroups.Counter `json:"counter"`
	Most    int64           `json:"most"` // bytes
}

// Serve is the hog itself: it grows until somebody was killed.
func Serve(in io.Reader) error {
	var o order
	if err := json.NewDecoder(in).Decode(&o); err != nil {
		return fmt.Errorf("read what to take: %w", err)
	}
	counter, err := o.Counter.Open()
	if err != nil {
		return err
	}
	defer counter.Close()
	memory, err := newHoard()
	if err != nil {
		return err
	}
	defer memory.Close()
	_, err = grow(o.Most, counter.Read, memory.take)
	return err
}

// grow takes piece after piece until the counter has moved, and tells how many
// bytes it took. A counter that went with its group has moved.
func grow(most int64, read func() (uint64, error), take func(bytes int) error) (took int64, err error) {
	before, err := read()
	if err != nil {
		return 0, err
	}
	for took < most {
		if err := take(piece); err != nil {
			return took, fmt.Errorf("take memory: %w", err)
		}
		took += piece
		if now, err := read(); err != nil || now > before {
			return took, nil
		}
	}
	return took, nil
}

// hoard is memory in a file without a name (memfd_create(2)). It counts for the
// group and not for the process that wrote it, so that the kernel, which looks for
// the largest process, finds another one than the hog.
type hoard struct{ *os.File }

func newHoard() (hoard, error) {
	fd, err := unix.MemfdCreate("hog", unix.MFD_CLOEXEC)
	if err != nil {
		return hoard{}, fmt.Errorf("make a file in memory: %w", err)
	}
	return hoard{os.NewFile(uintptr(fd), "hog")}, nil
}

// take takes memory. It is given back when the hog ends.
func (h hoard) take(bytes int) error {
	_, err := h.Write(make([]byte, bytes))
	return err
}
