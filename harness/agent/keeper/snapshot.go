package keeper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"maildrill/faults"
	"maildrill/harness/agent/cgroups"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/rlimits"
)

// snapshot shows what is held for the node: by its network, by its server, and by
// us. What is down holds nothing.
func (n node) snapshot(ctx context.Context) (faults.Snapshot, error) {
	all := faults.Snapshot{}
	for _, part := range []struct {
		process func(context.Context) (int, error)
		look    func(int) (faults.Snapshot, error)
	}{{n.namespace, n.kernel.Snapshot}, {n.server, n.kernel.Holds}} {
		pid, err := part.process(ctx)
		var found faults.Snapshot
		if err == nil {
			found, err = part.look(pid)
		}
		if errors.Is(err, errDown) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("see what is held for %s: %w", n.name, err)
		}
		maps.Copy(all, found)
	}
	made, err := n.made(ctx)
	if err != nil {
		return nil, err
	}
	for _, item := range []string{"mount", "limit"} { // a restart makes them anew from the same container
		if held, ok := all[item]; ok {
			held.Of = made
			all[item] = held
		}
	}
	told, err := n.told(ctx)
	all["rule"] = faults.Held{Text: told}
	return all, err
}

// server gives the node's main process.
func (n node) server(ctx context.Context) (int, error) {
	s, err := n.inspect(ctx, n.Container)
	if err == nil && s.Pid <= 0 {
		err = fmt.Errorf("server of %s: %w", n.name, errDown)
	}
	return s.Pid, err
}

// told lists the rules that stand on the node. What a mechanism lists beside its
// rules has a name that is none of a rule's.
func (n node) told(ctx context.Context) (string, error) {
	var lines []string
	for _, m := range slices.Sorted(maps.Keys(n.means)) {
		standing, err := n.means[m].rules(ctx, n)
		if err != nil && !errors.Is(err, errDown) {
			return "", fmt.Errorf("list the rules of %s on %s: %w", m, n.name, err)
		}
		for _, s := range standing {
			if s.ID != faults.KernelLimit && s.ID != faults.LoadSeen {
				lines = append(lines, string(m)+" "+s.ID)
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), nil
}

// Snapshot shows what the kernel holds for the network namespace that a process
// keeps. The kernel gives the number of a namespace that is gone to another, so
// only that process tells them apart.
func (h Host) Snapshot(pid int) (faults.Snapshot, error) {
	p, ok := look(pid)
	if !ok {
		return nil, errDown
	}
	items, err := netrules.Snapshot(netns(pid))
	all := faults.Snapshot{}
	for name, text := range items {
		all[name] = faults.Held{Of: identityOf(p), Text: text}
	}
	return all, err
}

// Holds shows the mounts, the control group and the limit of open files of a process.
func (h Host) Holds(pid int) (faults.Snapshot, error) {
	mounts, err := os.ReadFile(proc(pid, "mountinfo"))
	if err != nil {
		return nil, err
	}
	group, err := cgroups.Of(pid)
	if err != nil {
		return nil, err
	}
	limits, err := limitsOf(pid)
	return faults.Snapshot{
		"mount":  {Text: mountLines(string(mounts))},
		"limit":  {Text: groupLines(group)},
		"rlimit": limits,
	}, err
}

// mountLines reads mountinfo (proc_pid_mountinfo(5)) without numbers and devices,
// which change with every mount.
func mountLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		own, super, ok := strings.Cut(strings.TrimSpace(line), " - ")
		a, b := strings.Fields(own), strings.Fields(super)
		if ok && len(a) > 5 && len(b) > 2 {
			lines = append(lines, fmt.Sprintf("%s %s from %s %s, %s", a[4], b[0], a[3], a[5], b[2]))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// groupLines lists the limits that rules can change.
func groupLines(g cgroups.Group) string {
	var lines []string
	for _, r := range []faults.Resource{faults.Memory, faults.CPU, faults.PIDs} {
		files, err := g.Save(r)
		if err != nil {
			continue // the kernel has no such limit, so it cannot be changed
		}
		for _, f := range files {
			lines = append(lines, f[0]+" "+f[1])
		}
	}
	return strings.Join(lines, "\n")
}

// limitsOf shows the limit that faults change. Servers raise others for themselves,
// some of them a while after they have begun to answer.
func limitsOf(pid int) (faults.Held, error) {
	files, err := rlimits.Files(pid)
	p, ok := look(pid)
	if err != nil || !ok {
		return faults.Held{}, errors.Join(err, errDown)
	}
	return faults.Held{Of: identityOf(p), Text: fmt.Sprintf("open files: %d", files)}, nil
}

// identityOf tells a process from a later one with the same id.
func identityOf(p faults.Process) string { return fmt.Sprintf("%d@%s", p.PID, p.Started) }
