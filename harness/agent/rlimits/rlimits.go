// Package rlimits reads and sets how many files other processes may have open
// (RLIMIT_NOFILE of prlimit(2)).
//
// Only the soft limit is touched. It can be raised again up to the hard one by
// whoever has the process's own user and group, so that no right beyond that of
// becoming them is needed (CAP_SYS_RESOURCE is often withheld).
package rlimits

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Files is the soft limit of a process, as the kernel shows it (proc(5), limits).
func Files(pid int) (uint64, error) {
	f, err := os.Open(proc(pid, "limits"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "Max open files"); ok {
			return strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
		}
	}
	return 0, fmt.Errorf("the limits of process %d name no open files", pid)
}

// Open lists the file descriptors that a process has, in order.
func Open(pid int) ([]int, error) {
	entries, err := os.ReadDir(proc(pid, "fd"))
	if err != nil {
		return nil, err
	}
	var open []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			open = append(open, n)
		}
	}
	slices.Sort(open)
	return open, nil
}

// Free is how many more a process with these descriptors can open below a limit:
// the kernel gives the lowest that is not taken.
func Free(open []int, limit uint64) int {
	below, _ := slices.BinarySearch(open, int(limit))
	return int(limit) - below
}

// Tight is the highest limit that leaves so many free. A lower one would hit more
// than opening: poll(2) refuses lists that are longer than the limit.
func Tight(open []int, free int) uint64 {
	limit := free
	for _, n := range open {
		if n > limit {
			break
		}
		limit++
	}
	return uint64(limit)
}

// Set sets the soft limit and tells what it was.
func Set(pid int, soft uint64) (was uint64, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread is somebody else's from now on
		was, err = set(pid, soft)
	}()
	<-done
	return was, err
}

// set takes the process's real user and group on this thread alone, which is why
// it makes the system calls itself; what the thread may do is not changed by it.
func set(pid int, soft uint64) (uint64, error) {
	user, group, err := owner(pid)
	if err != nil {
		return 0, err
	}
	keep := ^uintptr(0)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, uintptr(group), keep, keep); errno != 0 {
		return 0, fmt.Errorf("take group %d: %w", group, errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uintptr(user), keep, keep); errno != 0 {
		return 0, fmt.Errorf("take user %d: %w", user, errno)
	}
	var old unix.Rlimit
	err = unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &old)
	if err == nil {
		err = unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: min(soft, old.Max), Max: old.Max}, nil)
	}
	if errors.Is(err, unix.ESRCH) {
		err = os.ErrProcessDone
	}
	if err != nil {
		err = fmt.Errorf("set the limit of open files of process %d: %w", pid, err)
	}
	return old.Cur, err
}

// owner reads the real user and group of a process.
func owner(pid int) (user, group int, err error) {
	text, err := os.ReadFile(proc(pid, "status"))
	if errors.Is(err, fs.ErrNotExist) {
		err = os.ErrProcessDone
	}
	for line := range strings.Lines(string(text)) {
		word := strings.Fields(line)
		switch {
		case len(word) < 2:
		case word[0] == "Uid:":
			user, err = strconv.Atoi(word[1])
		case word[0] == "Gid:":
			group, err = strconv.Atoi(word[1])
		}
	}
	return user, group, err
}

func proc(pid int, file string) string { return filepath.Join("/proc", strconv.Itoa(pid), file) }
