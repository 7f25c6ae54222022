package cgroups

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"maildrill/faults"
)

// unified is the name of the one hierarchy of version 2.
const unified = "unified"

// Group is the control group of a process.
type Group struct {
	unified bool
	dirs    map[string]string // by controller; of version 2 all under unified
}

// Of finds the group of a process. Whoever asks must be in the host's cgroup
// namespace (cgroup_namespaces(7)), and may mount.
func Of(pid int) (Group, error) { return with(pid) }

// with finds the group, and makes the hierarchies of more controllers visible.
func with(pid int, more ...string) (Group, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return Group{}, fmt.Errorf("find the control group of process %d: %w", pid, err)
	}
	g, hierarchies, err := parse(Root, string(text), more...)
	for _, h := range hierarchies {
		err = errors.Join(err, mount(Root, h))
	}
	return g, err
}

// parse reads /proc/<pid>/cgroup: "4:memory:/docker/abc", of version 2
// "0::/docker/abc". Where both are, the controllers that count are version 1's.
// It also names the hierarchies that the group needs.
func parse(root, text string, more ...string) (Group, []string, error) {
	g := Group{dirs: map[string]string{}}
	names := map[string]string{}
	for line := range strings.Lines(text) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		if strings.HasPrefix(part[2], "/..") {
			return g, nil, fmt.Errorf("control group %s is outside of what is seen here", part[2])
		}
		if part[1] == "" {
			part[1] = unified
		}
		for controller := range strings.SplitSeq(part[1], ",") {
			g.dirs[controller], names[controller] = filepath.Join(root, part[1], part[2]), part[1]
		}
	}
	g.unified = g.dirs["memory"] == ""
	var hierarchies []string
	for _, needed := range g.controllers(more...) {
		if g.dirs[needed] == "" {
			return g, nil, fmt.Errorf("no control group of %q", needed)
		}
		hierarchies = append(hierarchies, names[needed])
	}
	return g, hierarchies, nil
}

func (g Group) controllers(more ...string) []string {
	if g.unified {
		return []string{unified}
	}
	return append([]string{"memory", "cpu", "pids"}, more...)
}

// Version is "cgroup v1" or "cgroup v2".
func (g Group) Version() string {
	if g.unified {
		return "cgroup v2"
	}
	return "cgroup v1"
}

// file is the path of an interface file: its name begins with its controller.
func (g Group) file(name string) string {
	if g.unified {
		return filepath.Join(g.dirs[unified], name)
	}
	controller, _, _ := strings.Cut(name, ".")
	return filepath.Join(g.dirs[controller], name)
}

// counters are the kernel's own, by resource: file, key, and our name.
var counters = map[faults.Resource]struct{ v1, v2 [][3]string }{
	faults.Memory: {
		v1: [][3]string{{"memory.failcnt", "", "limit_hits"}, {"memory.oom_control", "oom_kill", oomKills}},
		v2: [][3]string{{"memory.events", "max", "limit_hits"}, {"memory.events", "oom_kill", oomKills}},
	},
	faults.CPU: {
		v1: [][3]string{{"cpu.stat", "nr_throttled", "throttled"}},
		v2: [][3]string{{"cpu.stat", "nr_throttled", "throttled"}},
	},
	faults.PIDs: {
		v1: [][3]string{{"pids.events", "max", "forks_refused"}},
		v2: [][3]string{{"pids.events", "max", "forks_refused"}},
	},
}

// Counters reads how often the limit of a resource was met since the group was
// made: limit_hits and oom_kills, throttled, forks_refused.
func (g Group) Counters(r faults.Resource) map[string]uint64 {
	rows := counters[r].v1
	if g.unified {
		rows = counters[r].v2
	}
	found := map[string]uint64{}
	for _, row := range rows {
		if n, err := keyed(g.file(row[0]), row[1]); err == nil {
			found[row[2]] += n
		}
	}
	return found
}

// keyed reads a number, or the one behind a key.
func keyed(file, key string) (uint64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return keyedIn(file, string(text), key)
}

func keyedIn(file, text, key string) (uint64, error) {
	for line := range strings.Lines(text) {
		word := strings.Fields(line)
		if key == "" && len(word) == 1 || len(word) == 2 && word[0] == key {
			return strconv.ParseUint(word[len(word)-1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %q", file, key)
}
