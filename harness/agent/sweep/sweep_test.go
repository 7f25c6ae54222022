package sweep_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"maildrill/harness/agent/sweep"
)

// engine is an engine with labelled objects; a network cannot be removed while
// its container is there, and stuck objects cannot be removed at all.
type engine struct {
	mu         sync.Mutex
	containers map[string]string // name -> run
	networks   map[string]string
	volumes    map[string]string
	stuck      string
	ghost      string // is listed after it was removed
	lists      int
}

func (e *engine) ContainerList(_ context.Context, o container.ListOptions) ([]container.Summary, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []container.Summary
	for name, run := range e.containers {
		if o.Filters.MatchKVList("label", map[string]string{sweep.Run: run}) {
			list = append(list, container.Summary{ID: name, Names: []string{"/" + name}})
		}
	}
	return list, nil
}

func (e *engine) NetworkList(_ context.Context, o network.ListOptions) ([]network.Summary, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []network.Summary
	for name, run := range e.networks {
		if o.Filters.MatchKVList("label", map[string]string{sweep.Run: run}) {
			list = append(list, network.Summary{ID: name, Name: name})
		}
	}
	return list, nil
}

func (e *engine) VolumeList(_ context.Context, o volume.ListOptions) (volume.ListResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lists++
	var list volume.ListResponse
	for name, run := range e.volumes {
		if o.Filters.MatchKVList("label", map[string]string{sweep.Run: run}) {
			list.Volumes = append(list.Volumes, &volume.Volume{Name: name, Labels: map[string]string{sweep.Kind: name}})
		}
	}
	return list, nil
}

func (e *engine) ContainerRemove(_ context.Context, id string, _ container.RemoveOptions) error {
	return e.remove(e.containers, id)
}

func (e *engine) NetworkRemove(_ context.Context, id string) error {
	e.mu.Lock()
	busy := slices.ContainsFunc(keys(e.containers), func(c string) bool { return e.containers[c] == e.networks[id] })
	e.mu.Unlock()
	if busy {
		return errors.New("network has active endpoints")
	}
	return e.remove(e.networks, id)
}

func (e *engine) VolumeRemove(_ context.Context, id string, _ bool) error {
	return e.remove(e.volumes, id)
}

func (e *engine) remove(from map[string]string, id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if id == e.stuck {
		return errors.New("device busy")
	}
	if id != e.ghost {
		delete(from, id)
	}
	return nil
}

func keys(m map[string]string) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

func twoRuns() *engine {
	return &engine{
		containers: map[string]string{"mx1": "a", "keeper": "a", "other": "b"},
		networks:   map[string]string{"net-a": "a", "net-b": "b"},
		volumes:    map[string]string{"queue-a": "a", "queue-b": "b"},
	}
}

func TestRemoveTouchesOnlyItsRun(t *testing.T) {
	e := twoRuns()
	if err := sweep.Remove(t.Context(), e, "a"); err != nil {
		t.Fatal(err)
	}
	if len(e.containers) != 1 || len(e.networks) != 1 || len(e.volumes) != 1 {
		t.Errorf("left %v %v %v, want run b only", e.containers, e.networks, e.volumes)
	}
}

// The volume of a keeper that is still at work is in use; without its keeper it
// was forgotten by the engine.
func TestAVolumeOfAKeeperStaysWithIt(t *testing.T) {
	e := twoRuns()
	delete(e.networks, "net-a") // the keeper would hold it here
	e.volumes[sweep.Keeper] = "a"
	if err := sweep.Remove(t.Context(), e, "a", "keeper"); err != nil || e.volumes[sweep.Keeper] == "" || e.volumes["queue-a"] != "" {
		t.Errorf("remove beside the keeper = %v, left %v", err, e.volumes)
	}
	if err := sweep.Remove(t.Context(), e, "a"); err != nil || e.volumes[sweep.Keeper] != "" {
		t.Errorf("remove = %v, left %v", err, e.volumes)
	}
}

func TestRemoveWithoutRunRemovesNothing(t *testing.T) {
	e := twoRuns()
	if err := sweep.Remove(t.Context(), e, ""); err == nil || len(e.containers) != 3 {
		t.Errorf("remove without a run = %v, left %v", err, e.containers)
	}
}

func TestRemoveSparesTheKeeper(t *testing.T) {
	e := twoRuns()
	e.networks = nil // no network: the fake would call it busy
	if err := sweep.Remove(t.Context(), e, "a", "keeper"); err != nil {
		t.Fatal(err)
	}
	if _, ok := e.containers["keeper"]; !ok || len(e.containers) != 2 {
		t.Errorf("left %v, want keeper and other", e.containers)
	}
}

func TestRemoveSaysWhatIsLeft(t *testing.T) {
	e := twoRuns()
	e.stuck = "queue-a"
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
	defer cancel()
	err := sweep.Remove(ctx, e, "a")
	if err == nil || !strings.Contains(err.Error(), "left: volume queue-a") || !strings.Contains(err.Error(), "device busy") {
		t.Errorf("remove with a stuck volume = %v", err)
	}
	if strings.Contains(err.Error(), "queue-b") {
		t.Errorf("error names another run's volume: %v", err)
	}
}

// An engine that lists what it says is gone is not asked without a pause.
func TestRemoveWaitsForWhatIsListedStill(t *testing.T) {
	e := twoRuns()
	e.networks, e.ghost = nil, "queue-a"
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := sweep.Remove(ctx, e, "a")
	if err == nil || !strings.Contains(err.Error(), "left: volume queue-a") || e.lists > 20 {
		t.Errorf("remove with a ghost = %v, after %d lists", err, e.lists)
	}
}
