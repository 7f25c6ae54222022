package hog

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestGrowEndsWhenSomebodyWasKilled(t *testing.T) {
	taken := 0
	read := func() (uint64, error) {
		if taken >= 3*piece {
			return 8, nil
		}
		return 7, nil
	}
	take := func(n int) error { taken += n; return nil }
	if took, err := grow(1<<30, read, take); err != nil || took != 3*piece {
		t.Errorf("took %d, %v", took, err)
	}
	taken = 0
	if took, err := grow(2*piece, read, take); err != nil || took != 2*piece {
		t.Errorf("more than the most was taken: %d, %v", took, err)
	}
	wrong := errors.New("no counter")
	if _, err := grow(1, func() (uint64, error) { return 0, wrong }, take); !errors.Is(err, wrong) {
		t.Errorf("grew without a counter: %v", err)
	}
}

// A hog that was killed with its container, and not for want of memory, is not in
// the count.
func TestOnlyOthersAreCounted(t *testing.T) {
	for _, c := range []struct{ before, now, died, want uint64 }{{3, 5, 1, 1}, {3, 5, 0, 2}, {3, 4, 1, 0}, {3, 3, 1, 0}, {3, 3, 0, 0}} {
		if got := others(c.before, c.now, c.died); got != c.want {
			t.Errorf("from %d to %d with %d of ours: %d, want %d", c.before, c.now, c.died, got, c.want)
		}
	}
}

// What is taken counts for the group alone: the kernel must not find the hog the
// largest process there is.
func TestTakenMemoryIsNotTheProcesss(t *testing.T) {
	const much = 64 << 20
	h, err := newHoard()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	before := resident(t)
	for range much / piece {
		if err := h.take(piece); err != nil {
			t.Fatal(err)
		}
	}
	var s unix.Stat_t
	if err := unix.Fstat(int(h.Fd()), &s); err != nil || s.Blocks*512 < much {
		t.Errorf("%d bytes are taken, %v", s.Blocks*512, err)
	}
	if now := resident(t); now > before+much/2 {
		t.Errorf("the process has %d bytes, and had %d", now, before)
	}
}

// resident is how much memory this process has, in bytes (proc(5), statm).
func resident(t *testing.T) (pages int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	var size int
	if err == nil {
		_, err = fmt.Sscan(string(text), &size, &pages)
	}
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
