package sweep

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"golang.org/x/sync/errgroup"
)

// Labels of everything that maildrill makes on an engine.
const (
	Kind = "maildrill"     // what it is: "agent", "mail", "keeper", "network", "volume", ...
	Run  = "maildrill.run" // the run it belongs to
)

// again is the pause between two attempts at what the engine still holds.
const again = 50 * time.Millisecond

// Engine is what of the container engine a sweep needs; *client.Client has it.
type Engine interface {
	Lister
	ContainerRemove(ctx context.Context, id string, o container.RemoveOptions) error
	NetworkRemove(ctx context.Context, id string) error
	VolumeRemove(ctx context.Context, id string, force bool) error
}

// Lister lists what an engine has.
type Lister interface {
	ContainerList(ctx context.Context, o container.ListOptions) ([]container.Summary, error)
	NetworkList(ctx context.Context, o network.ListOptions) ([]network.Summary, error)
	VolumeList(ctx context.Context, o volume.ListOptions) (volume.ListResponse, error)
}

// Found is what an engine has of a run, or of all runs.
type Found struct {
	Containers []container.Summary
	Networks   []network.Summary
	Volumes    []*volume.Volume
}

// Empty tells that nothing was found.
func (f Found) Empty() bool {
	return len(f.Containers)+len(f.Networks)+len(f.Volumes) == 0
}

// String names everything found, for an error that says what is left.
func (f Found) String() string {
	var names []string
	for _, c := range f.Containers {
		names = append(names, "container "+name(c))
	}
	for _, n := range f.Networks {
		names = append(names, "network "+n.Name)
	}
	for _, v := range f.Volumes {
		names = append(names, "volume "+v.Name)
	}
	return strings.Join(names, ", ")
}

// name is the container's name, without the engine's slash.
func name(c container.Summary) string {
	if len(c.Names) == 0 {
		return c.ID
	}
	return strings.TrimPrefix(c.Names[0], "/")
}

// Keeper is the kind of the keeper, and of the volume that the engine removes with
// it. An engine that is started again forgets the volume of a container that it
// had to remove by itself, so it is labelled.
const Keeper = "keeper"

// List finds what carries the run's label; an empty run means any run's.
// Containers named in spare, which are keepers, are left out with their volume.
func List(ctx context.Context, engine Lister, run string, spare ...string) (Found, error) {
	label := Run
	if run != "" {
		label += "=" + run
	}
	only := filters.NewArgs(filters.Arg("label", label))
	containers, err := engine.ContainerList(ctx, container.ListOptions{All: true, Filters: only})
	if err != nil {
		return Found{}, fmt.Errorf("list containers: %w", err)
	}
	networks, err := engine.NetworkList(ctx, network.ListOptions{Filters: only})
	if err != nil {
		return Found{}, fmt.Errorf("list networks: %w", err)
	}
	volumes, err := engine.VolumeList(ctx, volume.ListOptions{Filters: only})
	if err != nil {
		return Found{}, fmt.Errorf("list volumes: %w", err)
	}
	containers = slices.DeleteFunc(containers, func(c container.Summary) bool {
		return slices.Contains(spare, name(c))
	})
	kept := slices.DeleteFunc(volumes.Volumes, func(v *volume.Volume) bool {
		return len(spare) > 0 && v.Labels[Kind] == Keeper
	})
	return Found{Containers: containers, Networks: networks, Volumes: kept}, nil
}

// Remove removes everything of the run except the containers named in spare,
// again and again until nothing of it is listed, or ctx ends; then the error
// says what is left.
func Remove(ctx context.Context, engine Engine, run string, spare ...string) error {
	if run == "" {
		return errors.New("sweep: no run named")
	}
	var refused error
	for first := true; ; first = false {
		found, err := List(ctx, engine, run, spare...)
		if err == nil && found.Empty() {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("remove run %s: %w; left: %s", run, errors.Join(ctx.Err(), refused, err), found)
		}
		// An engine may list for long what it says is gone.
		if refused = removeOnce(ctx, engine, found); refused != nil || err != nil || !first {
			pause(ctx)
		}
	}
}

// removeOnce removes containers at once, then the networks and volumes that
// they held.
func removeOnce(ctx context.Context, engine Engine, f Found) error {
	err := each(f.Containers, func(c container.Summary) error {
		return engine.ContainerRemove(ctx, c.ID, container.RemoveOptions{Force: true, RemoveVolumes: true})
	})
	volumes := make(chan error, 1)
	go func() {
		volumes <- each(f.Volumes, func(v *volume.Volume) error { return engine.VolumeRemove(ctx, v.Name, true) })
	}()
	networks := each(f.Networks, func(n network.Summary) error { return engine.NetworkRemove(ctx, n.ID) })
	return errors.Join(err, networks, <-volumes)
}

// together is how many an engine is asked to remove at once: many take every CPU
// of its host from whatever else runs there.
const together = 3

// each does a few at once and joins the errors, except that it is gone already.
func each[T any](items []T, do func(T) error) error {
	errs := make([]error, len(items))
	var all errgroup.Group
	all.SetLimit(together)
	for i, item := range items {
		all.Go(func() error {
			if err := do(item); err != nil && !errdefs.IsNotFound(err) {
				errs[i] = err
			}
			return nil
		})
	}
	_ = all.Wait() // each has its own place for its error
	return errors.Join(errs...)
}

func pause(ctx context.Context) {
	timer := time.NewTimer(again)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
