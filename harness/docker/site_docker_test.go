package docker_test

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
)

// TestASiteGoesDownAndComesBack: all nodes of a site at once, one without a
// disk, each proven by itself, while the other site is well.
func TestASiteGoesDownAndComesBack(t *testing.T) {
	t.Parallel()
	top := withDisks()
	top.Nodes[0].Volumes = nil
	top.Nodes[0].Site, top.Nodes[1].Site, top.Nodes[2].Site = "north", "north", "south"
	s := up(t, needEngine(t), top, topology.Options{})
	tryOn(t, s, top, []trial{{kind: "site.down", on: "north", bystander: "dns1"}})
	kind, err := faults.Lookup("site.down")
	must(t, err)
	members := planning.Aim(top, kind, "north")
	if len(members) != 2 {
		t.Fatalf("members = %+v", members)
	}
	var all errgroup.Group
	for _, m := range members {
		target := aimedAt(t, s, top, m, "dns1")
		healthy(t, target)
		all.Go(func() error { return lives(t.Context(), kind, target) })
	}
	must(t, all.Wait())
}

// lives injects a fault, proves it, takes it back and proves that.
func lives(ctx context.Context, kind faults.Kind, target faults.Target) error {
	f, err := kind.New(set(nil))
	if err != nil {
		return err
	}
	if err := f.Inject(ctx, target); err != nil {
		return err
	}
	proven := shows(ctx, f, target, true)
	if err := f.Revert(ctx, target); err != nil {
		return err
	}
	if proven != nil {
		return proven
	}
	return shows(ctx, f, target, false)
}

// shows waits until a fault is seen on, or off with the service greeting.
func shows(ctx context.Context, f faults.Fault, target faults.Target, on bool) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		e, err := f.Verify(ctx, target)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil || e.BystanderHurt:
		case on && e.Installed && e.Effective, !on && !e.Installed && !e.Effective && target.Reach(ctx) == nil:
			return nil
		}
	}
}

// aimedAt is one member of a site as a target.
func aimedAt(t *testing.T, s topology.System, top topology.Topology, m planning.Aimed, bystander string) faults.Target {
	t.Helper()
	target := planning.Target(top, m)
	target.Hold = time.Minute
	planning.Enliven(&target, s)
	target.Reach, target.Bystander = reachOf(s, top, m.Node), reachOf(s, top, bystander)
	return target
}
