package cgroups

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"

	"maildrill/faults"
)

// NoLimit is what [Group.Limit] gives where the kernel sets none.
const NoLimit = int64(math.MaxInt64)

// Saved is a limit as its files had it: name and text, in the order in which
// they must be written to raise it.
type Saved [][2]string

// files are those that make up a limit, in the order in which it is raised: the
// kernel wants the limit with swap to be no lower than the one without.
func (g Group) files(r faults.Resource) []string {
	switch {
	case r == faults.Memory && g.unified:
		return []string{"memory.swap.max", "memory.max"}
	case r == faults.Memory:
		return []string{"memory.memsw.limit_in_bytes", "memory.limit_in_bytes"}
	case r == faults.CPU && g.unified:
		return []string{"cpu.max"}
	case r == faults.CPU:
		return []string{"cpu.cfs_period_us", "cpu.cfs_quota_us"}
	case r == faults.PIDs:
		return []string{"pids.max"}
	}
	return nil
}

// Save reads a limit. Files that the kernel does not have (swap is often not
// accounted for) are left out.
func (g Group) Save(r faults.Resource) (Saved, error) {
	var all Saved
	for _, name := range g.files(r) {
		text, err := os.ReadFile(g.file(name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, [2]string{name, strings.TrimSpace(string(text))})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the kernel has no limit for %s in %s", r, g.Version())
	}
	return all, nil
}

// Restore writes a limit as it was. A group that is gone had it to the end.
func (g Group) Restore(s Saved) error {
	var errs []error
	for _, line := range s {
		if err := g.write(line[0], line[1]); err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ENODEV) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (g Group) write(name, text string) error {
	f, err := os.OpenFile(g.file(name), os.O_WRONLY, 0) // never create: a control file is there or not
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Limit is what is in force now, in the unit of the resource, or [NoLimit].
func (g Group) Limit(r faults.Resource) (int64, error) {
	s, err := g.Save(r)
	if err != nil {
		return 0, err
	}
	last := s[len(s)-1]
	switch {
	case r == faults.CPU && g.unified:
		quota, period, _ := strings.Cut(last[1], " ")
		return cores(quota, period)
	case r == faults.CPU:
		return cores(last[1], s[0][1])
	}
	return bounded(last[1])
}

// cores gives thousandths of a processor.
func cores(quota, period string) (int64, error) {
	q, err := bounded(quota)
	if err != nil || q == NoLimit {
		return q, err
	}
	p, err := strconv.ParseInt(period, 10, 64)
	if err != nil || p <= 0 {
		return 0, fmt.Errorf("period %q of a processor quota", period)
	}
	return q * 1000 / p, nil
}

// bounded reads "max", "-1" and what version 1 has for the most (the largest
// page-aligned number) as no limit.
func bounded(text string) (int64, error) {
	if text == "max" || text == "-1" {
		return NoLimit, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if n >= math.MaxInt64&^0xffff {
		n = NoLimit
	}
	return n, err
}

// Used is what the group uses now of a resource that can be used up.
func (g Group) Used(r faults.Resource) (int64, error) {
	name := map[faults.Resource]string{faults.Memory: "memory.usage_in_bytes", faults.PIDs: "pids.current"}[r]
	if r == faults.Memory && g.unified {
		name = "memory.current"
	}
	if name == "" {
		return 0, fmt.Errorf("a share of what is in use is not known for %s", r)
	}
	n, err := keyed(g.file(name), "")
	return int64(n), err
}

// cached are the keys, in memory.stat, of the page cache that the kernel can take
// back: a file in memory that nobody has changed is read again.
var cached = map[bool][]string{ // by whether it is version 2
	false: {"total_inactive_file", "total_active_file"},
	true:  {"inactive_file", "active_file"},
}

// Held is what of a resource the processes hold: of memory what is in use less
// the page cache.
func (g Group) Held(r faults.Resource) (int64, error) {
	used, err := g.Used(r)
	if err != nil || r != faults.Memory {
		return used, err
	}
	for _, key := range cached[g.unified] {
		n, err := keyed(g.file("memory.stat"), key)
		if err != nil {
			return 0, err
		}
		used -= int64(n)
	}
	return max(used, 0), nil // the two files are not read at one moment
}

// period is that of a processor quota, in µs, as the kernel has it by default.
const period = 100_000

// Lower sets a limit and tells which is in force then: the kernel of version 1
// refuses a memory limit below what it cannot take from the processes without
// killing one, and the lowest that it takes is set.
func (g Group) Lower(r faults.Resource, limit int64) (int64, error) {
	var err error
	switch {
	case r == faults.Memory:
		return g.lowerMemory(limit)
	case r == faults.CPU && g.unified:
		err = g.write("cpu.max", fmt.Sprintf("%d %d", limit*period/1000, period))
	case r == faults.CPU:
		err = errors.Join(g.write("cpu.cfs_period_us", strconv.Itoa(period)), g.write("cpu.cfs_quota_us", fmt.Sprint(limit*period/1000)))
	case r == faults.PIDs:
		err = g.write("pids.max", fmt.Sprint(limit))
	default:
		err = fmt.Errorf("unknown resource %q", r)
	}
	if err != nil {
		return 0, err
	}
	return g.Limit(r)
}

// swapMargin is by how much version 1 limits memory with swap higher than memory
// alone, in bytes: more than the kernel charges at once. It charges the former
// first, and newer kernels count no refusal there (memory.memsw.failcnt stays 0).
const swapMargin = 1 << 20

func (g Group) lowerMemory(limit int64) (int64, error) {
	if g.unified {
		if err := g.write("memory.swap.max", "0"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		if err := g.write("memory.max", fmt.Sprint(limit)); err != nil {
			return 0, err
		}
		return g.Limit(faults.Memory)
	}
	step := max(limit/16, 256<<10)
	for {
		err := g.write("memory.limit_in_bytes", fmt.Sprint(limit))
		if err == nil {
			break
		}
		used, usedErr := g.Used(faults.Memory)
		if !errors.Is(err, syscall.EBUSY) || usedErr != nil || limit > 2*used {
			return 0, err
		}
		limit += step
	}
	if err := g.write("memory.memsw.limit_in_bytes", fmt.Sprint(limit+swapMargin)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	return g.Limit(faults.Memory)
}
