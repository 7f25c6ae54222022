package hostload

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Available is the memory that new programs can have without swapping, in bytes
// (MemAvailable of proc_meminfo(5)), from a folder like /proc.
func Available(proc string) (int64, error) {
	text, err := os.ReadFile(filepath.Join(proc, "meminfo"))
	if err != nil {
		return 0, fmt.Errorf("read the memory of the host: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil || kib < 0 || kib > 1<<50 {
				return 0, fmt.Errorf("read the memory of the host: %q", cut(line))
			}
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("read the memory of the host: no MemAvailable in %s", filepath.Join(proc, "meminfo"))
}

// Busy is the share of all CPUs that was not idle between two readings, from 0 to
// 1; what the hypervisor took is not idle either.
func Busy(from, to Reading) float64 {
	total := float64(to.Total) - float64(from.Total)
	if total <= 0 {
		return 0
	}
	return min(1, max(0, 1-(float64(to.Idle)-float64(from.Idle))/total))
}
