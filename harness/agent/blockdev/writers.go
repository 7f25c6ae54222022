package blockdev

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Writers names who has a file of a file system open for writing, with the file:
// "master: pid/master.pid".
func Writers(root string) []string {
	var on unix.Stat_t
	if unix.Stat(root, &on) != nil {
		return nil
	}
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	var found []string
	for _, fd := range fds {
		var is unix.Stat_t
		if unix.Stat(fd, &is) != nil || is.Dev != on.Dev || is.Mode&unix.S_IFMT != unix.S_IFREG || !writes(fd) {
			continue
		}
		process := filepath.Dir(filepath.Dir(fd))
		name, _ := os.ReadFile(filepath.Join(process, "comm"))
		file, _ := os.Readlink(fd)
		if text := fmt.Sprintf("%s: %s", strings.TrimSpace(string(name)), file); !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	slices.Sort(found)
	return found
}

// writes tells whether a descriptor can write (proc(5), fdinfo: flags in octal).
func writes(fd string) bool {
	f, err := os.Open(filepath.Join(filepath.Dir(filepath.Dir(fd)), "fdinfo", filepath.Base(fd)))
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if flags, ok := strings.CutPrefix(lines.Text(), "flags:"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(flags), 8, 64)
			return err == nil && n&unix.O_ACCMODE != unix.O_RDONLY
		}
	}
	return false
}
