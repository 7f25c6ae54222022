package blockdev

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// A kernel that does not know the hook refuses its flags as invalid; that we may
// not ask is another matter.
func TestAKernelWithoutTheHookLacksIt(t *testing.T) {
	for errno, want := range map[unix.Errno]bool{unix.EINVAL: true, unix.ENOSYS: true, unix.EOPNOTSUPP: true, unix.EPERM: false, unix.EMFILE: false} {
		if err := unknown(errno); errors.Is(err, errors.ErrUnsupported) != want || !errors.Is(err, errno) {
			t.Errorf("%v becomes %v, lacking: %v, want %v", errno, err, !want, want)
		}
	}
}
