package faults

import (
	"fmt"
	"strconv"
	"strings"
)

func newCPULimit(decode func(any) error) (Fault, error) {
	with := struct {
		Cores float64 `yaml:"cores"`
	}{Cores: 0.02}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if !(with.Cores >= 0.01 && with.Cores <= 1024) { // the kernel's least quota is 1 ms in 100 ms
		return nil, fmt.Errorf("cores is %v; valid: 0.01 to 1024", with.Cores)
	}
	return newLimited("resource.cpu", with, LimitSpec{Resource: CPU, Limit: int64(with.Cores * 1000)}, "throttled")
}

func newMemoryLimit(decode func(any) error) (Fault, error) {
	with := struct {
		Limit string `yaml:"limit"`
	}{Limit: "+1MiB"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	beyond, spares := strings.CutPrefix(with.Limit, "+")
	size, err := bytesOf(beyond)
	if err != nil {
		return nil, fmt.Errorf("limit is %q; valid: a size such as 32MiB, or +1MiB beyond what the processes hold", with.Limit)
	}
	spec := LimitSpec{Resource: Memory, Limit: size}
	if spares {
		spec.Limit, spec.Spare = 0, size
	}
	return newLimited("resource.memory", with, spec, "limit_hits")
}

// memoryMeasured compares the limit with what is in use: the kernel grants no
// more.
func memoryMeasured(standing []Standing) (all []Measured) {
	for _, s := range standing {
		limit, used := float64(s.Looks[LimitSet]), float64(s.Looks[InUse])
		if used > 0 {
			all = append(all, Measured{What: "memory", Unit: "B", Asked: limit, Seen: used, Within: used <= limit+limit/16})
		}
	}
	return all
}

// bytesOf reads a size with its unit, at least a page.
func bytesOf(text string) (int64, error) {
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if number, ok := strings.CutSuffix(text, u.suffix); ok {
			n, err := strconv.ParseFloat(number, 64)
			if err == nil && !(n*float64(u.bytes) >= 4096 && n*float64(u.bytes) <= 1<<50) { // not a number is refused too
				err = fmt.Errorf("%q is not between 4KiB and 1048576GiB", text)
			}
			return int64(n * float64(u.bytes)), err
		}
	}
	return 0, fmt.Errorf("%q has no unit", text)
}

func newPIDsLimit(decode func(any) error) (Fault, error) {
	with := struct {
		Limit string `yaml:"limit"`
	}{Limit: "50%"}
	if err := decode(&with); err != nil {
		return nil, err
	}
	spec := LimitSpec{Resource: PIDs}
	var err error
	if strings.HasSuffix(with.Limit, "%") {
		spec.Share, err = portion(with.Limit)
	} else if spec.Limit, err = strconv.ParseInt(with.Limit, 10, 32); err != nil || spec.Limit < 1 {
		err = fmt.Errorf("%q is neither a number of 1 and more nor a percentage of what is in use", with.Limit)
	}
	if err != nil {
		return nil, fmt.Errorf("limit: %w", err)
	}
	return newLimited("resource.pids", with, spec, "forks_refused")
}
