package docker

import (
	"context"
	"slices"

	"maildrill/harness/docker/images"
	"maildrill/harness/topology"
)

// Prepare makes the server images that topologies need and that are not there
// yet, each once, before several systems start at the same time. Start makes what
// is missing too.
func (r *Runtime) Prepare(ctx context.Context, all []topology.Topology, progress func(string)) error {
	var kinds []string
	for _, t := range all {
		l, err := lay(t, "images", nil, candidate("images", 0, t.IPv6))
		if err != nil {
			return err
		}
		for _, kind := range l.kinds() {
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if _, err := r.agentImage(ctx); err != nil {
		return err
	}
	_, err := images.Ensure(ctx, r.cli, kinds, progress)
	return err
}

// Host is what the engine's machine has: CPUs, and bytes of memory in all.
func (r *Runtime) Host() (cpus int, memory int64) { return r.info.NCPU, r.info.MemTotal }
