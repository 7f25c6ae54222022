package hostload

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Reading is what the kernel has counted so far.
type Reading struct {
	CPUs int
	// Ticks of all CPUs together. Total counts each tick once.
	Total, Idle, Steal uint64
	Self               uint64 // ticks of this process
	Memory             int64  // resident set of this process, bytes
	// Times in which somebody waited; nil where the kernel does not count them
	// (no PSI).
	CPUPressure, MemoryPressure *time.Duration
}

// Read reads from a folder like /proc.
func Read(proc string) (Reading, error) {
	var r Reading
	stat, err := os.ReadFile(filepath.Join(proc, "stat"))
	if err != nil {
		return r, fmt.Errorf("read the load of the host: %w", err)
	}
	if err := r.host(string(stat)); err != nil {
		return r, fmt.Errorf("read the load of the host: %w", err)
	}
	self, err := os.ReadFile(filepath.Join(proc, "self/stat"))
	if err != nil {
		return r, fmt.Errorf("read the load of this process: %w", err)
	}
	if err := r.process(string(self)); err != nil {
		return r, fmt.Errorf("read the load of this process: %w", err)
	}
	r.CPUPressure = pressure(filepath.Join(proc, "pressure/cpu"))
	r.MemoryPressure = pressure(filepath.Join(proc, "pressure/memory"))
	return r, nil
}

// host takes the line of all CPUs: user, nice, system, idle, iowait, irq,
// softirq, steal. What guests had is part of user already. Waiting for a disk
// leaves the CPU idle.
func (r *Reading) host(stat string) error {
	for line := range strings.Lines(stat) {
		fields := strings.Fields(line)
		if len(fields) < 9 || !strings.HasPrefix(fields[0], "cpu") {
			break
		}
		if fields[0] != "cpu" {
			r.CPUs++
			continue
		}
		ticks, err := numbers(fields[1:9])
		if err != nil {
			return err
		}
		for _, t := range ticks {
			r.Total += t
		}
		r.Idle, r.Steal = ticks[3]+ticks[4], ticks[7]
	}
	if r.CPUs == 0 || r.Total == 0 {
		return fmt.Errorf("no CPU in %q", cut(stat))
	}
	return nil
}

// process takes user and system time (fields 14 and 15 of proc_pid_stat(5)) and
// the resident set (field 24, in pages). The name before them is in brackets,
// and may hold anything.
func (r *Reading) process(stat string) error {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 22 {
		return fmt.Errorf("not a process: %q", cut(stat))
	}
	times, err := numbers(append(fields[11:13:13], fields[21]))
	if err != nil {
		return err
	}
	r.Self = times[0] + times[1]
	r.Memory = int64(times[2]) * int64(os.Getpagesize())
	return nil
}

func numbers(fields []string) ([]uint64, error) {
	var all []uint64
	for _, f := range fields {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// pressure takes the total of the line "some", in microseconds.
func pressure(file string) *time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "some ") {
			continue
		}
		_, total, _ := strings.Cut(strings.TrimSpace(line), "total=")
		if n, err := strconv.ParseInt(total, 10, 64); err == nil {
			d := time.Duration(n) * time.Microsecond
			return &d
		}
	}
	return nil
}

func cut(s string) string { return s[:min(len(s), 80)] }
