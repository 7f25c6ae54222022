package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/container"

	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/sweep"
)

// ErrRunning is wrapped by Cleanup for a run whose maildrill is alive.
var ErrRunning = errors.New("the run is still going on")

// Leftover is what an engine has of one run.
type Leftover struct {
	RunID                         string
	Containers, Networks, Volumes int
	// Keeper: a keeper watches the run. Alive: maildrill is still attached to
	// it; such a run is not a leftover but goes on. A keeper without maildrill
	// is at work clearing up.
	Keeper, Alive bool
}

// Leftovers lists the runs that the engine has something of.
func Leftovers(ctx context.Context) ([]Leftover, error) {
	cli, _, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer cli.Close()
	found, err := sweep.List(ctx, cli, "")
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	return group(found), nil
}

// group sorts what was found by run.
func group(found sweep.Found) []Leftover {
	runs := map[string]*Leftover{}
	of := func(labels map[string]string) *Leftover {
		id := labels[sweep.Run]
		if runs[id] == nil {
			runs[id] = &Leftover{RunID: id}
		}
		return runs[id]
	}
	for _, c := range found.Containers {
		l := of(c.Labels)
		l.Containers++
		if c.Labels[sweep.Kind] == sweep.Keeper && c.State == container.StateRunning {
			l.Keeper, l.Alive = true, !isLeaving(c.Names)
		}
	}
	for _, n := range found.Networks {
		of(n.Labels).Networks++
	}
	for _, v := range found.Volumes {
		of(v.Labels).Volumes++
	}
	var all []Leftover
	for _, id := range slices.Sorted(maps.Keys(runs)) {
		all = append(all, *runs[id])
	}
	return all
}

func isLeaving(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, keeper.Leaving) })
}

// Cleanup removes what a killed run has left, and returns when a listing shows
// nothing of it. A run whose maildrill is alive is refused with [ErrRunning].
func Cleanup(ctx context.Context, runID string) error {
	runs, err := Leftovers(ctx)
	if err != nil {
		return err
	}
	for _, l := range runs {
		if l.RunID == runID && l.Alive {
			return fmt.Errorf("clean up run %s: %w", runID, ErrRunning)
		}
	}
	return ForceCleanup(ctx, runID)
}

// ForceCleanup removes a run even if its maildrill is alive, which then ends
// with an error.
func ForceCleanup(ctx context.Context, runID string) error {
	cli, _, err := connect(ctx)
	if err != nil {
		return err
	}
	defer cli.Close()
	return sweep.Remove(ctx, cli, runID)
}
