package cgroups

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Root is where the hierarchies are mounted: in the caller's own mount
// namespace, because those that an engine mounts for a container show it itself
// alone, and cannot be written.
const Root = "/cgroups"

var mounting sync.Mutex

// mount makes a hierarchy visible, once. The root group has no cgroup.type, but
// every one has its processes.
func mount(root, controllers string) error {
	mounting.Lock()
	defer mounting.Unlock()
	dir := filepath.Join(root, controllers)
	if _, err := os.Stat(filepath.Join(dir, "cgroup.procs")); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	kind := "cgroup"
	if controllers == unified {
		kind, controllers = "cgroup2", ""
	}
	err := unix.Mount("maildrill", dir, kind, unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, controllers)
	if err != nil {
		return fmt.Errorf("mount the control groups of %s: %w; their kernel may keep them from containers", dir, err)
	}
	return nil
}
