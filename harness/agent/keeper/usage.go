package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Used is what a container has used so far.
type Used struct {
	CPU    time.Duration `json:"cpu"`    // ns
	Memory int64         `json:"memory"` // bytes, the page cache included
}

// meters tells what the container of a process has used.
type meters interface {
	// Used also gives the start of the process, by which it is known: its id may
	// belong to another one day.
	Used(pid int) (u Used, started string, err error)
}

// running is the process by which a container is known.
type running struct {
	pid     int
	started string
}

// known remembers the processes of containers: to ask the engine for all of
// them every time would cost more than all else.
type known struct {
	mu sync.Mutex
	by map[string]running
}

// usage reads every container of the run, the keeper's own too. One that is
// down is left out.
func (k *Keeper) usage(ctx context.Context) (map[string]Used, error) {
	k.known.mu.Lock()
	defer k.known.mu.Unlock()
	if k.known.by == nil {
		k.known.by = map[string]running{}
	}
	all := map[string]Used{}
	var errs []error
	read := func(container string) {
		u, up, err := k.used(ctx, container)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", container, err))
		} else if up {
			all[container] = u
		}
	}
	read(k.config.Self)
	for _, n := range k.config.Nodes {
		read(n.Container)
		if n.Holder != "" {
			read(n.Holder)
		}
	}
	if len(all) == 0 && len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// used reads one container. The engine is asked only where the process that is
// remembered is gone.
func (k *Keeper) used(ctx context.Context, container string) (Used, bool, error) {
	if was, ok := k.known.by[container]; ok {
		if u, started, err := k.kernel.Used(was.pid); err == nil && started == was.started {
			return u, true, nil
		}
		delete(k.known.by, container)
	}
	ctx, cancel := context.WithTimeout(ctx, engineLimit)
	defer cancel()
	c, err := k.engine.ContainerInspect(ctx, container)
	if err != nil {
		return Used{}, false, err
	}
	if c.ContainerJSONBase == nil || c.State == nil || c.State.Pid <= 0 {
		return Used{}, false, nil
	}
	u, started, err := k.kernel.Used(c.State.Pid)
	if err != nil {
		return Used{}, false, err
	}
	k.known.by[container] = running{c.State.Pid, started}
	return u, true, nil
}

// Used reads the control group that the container itself sees: version 2, else
// version 1 (cgroups(7)).
func (h Host) Used(pid int) (Used, string, error) {
	p, ok := look(pid)
	if !ok {
		return Used{}, "", os.ErrProcessDone
	}
	root := proc(pid, "root/sys/fs/cgroup")
	u, err := unified(root)
	if err != nil {
		u, err = split(root)
	}
	if err != nil {
		return Used{}, "", fmt.Errorf("read the control group of process %d: %w", pid, err)
	}
	return u, p.Started, nil
}

// unified reads version 2. The root group, which a container that shares the
// host's sees, has no memory.current: what it counts is the host.
func unified(root string) (Used, error) {
	memory, err := integer(filepath.Join(root, "memory.current"))
	if err != nil {
		return Used{}, err
	}
	stat, err := os.ReadFile(filepath.Join(root, "cpu.stat"))
	if err != nil {
		return Used{}, err
	}
	for line := range strings.Lines(string(stat)) {
		if n, ok := strings.CutPrefix(line, "usage_usec "); ok {
			spent, err := strconv.ParseInt(strings.TrimSpace(n), 10, 64)
			return Used{CPU: time.Duration(spent) * time.Microsecond, Memory: memory}, err
		}
	}
	return Used{}, errors.New("cpu.stat has no usage_usec")
}

// split reads version 1, where each controller has a folder of its own.
func split(root string) (Used, error) {
	spent, err := integer(filepath.Join(root, "cpuacct/cpuacct.usage"))
	if err != nil {
		return Used{}, err
	}
	memory, err := integer(filepath.Join(root, "memory/memory.usage_in_bytes"))
	return Used{CPU: time.Duration(spent), Memory: memory}, err
}

func integer(file string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
