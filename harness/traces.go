package harness

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/ledger"
)

// Limits of comparing traces: how long what is held for the nodes may take to be
// as before, and how often it is looked at.
const (
	settleWithin = 10 * time.Second
	settleEvery  = 250 * time.Millisecond
)

// traces are what is held for each node while no fault is on: rules, routes,
// mounts, limits.
type traces struct {
	r      *rig
	faults presence

	mu     sync.Mutex
	before map[string]faults.Snapshot
	noted  bool // before is of the time since the last comparison
}

// presence tells of the faults that are on.
type presence interface {
	// quiet tells whether none is on, and whose traces there may be: of those that
	// came since the last comparison. It also counts all that ever came.
	quiet() (steps []string, entered int, quiet bool)
	// compared notes that traces were compared while nobody was on. False: somebody
	// came meanwhile, so what was seen may be of a fault that is still on.
	compared(entered int) bool
}

// note looks at every node that can be looked at, once until traces are compared.
// Whoever comes meanwhile waits, or it would see what another is about to put.
func (t *traces) note(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.noted {
		return
	}
	t.noted = true
	t.before = map[string]faults.Snapshot{}
	for _, n := range t.r.topology.Nodes {
		shot, ok, err := t.shot(ctx, n.Name)
		if err != nil && ctx.Err() == nil {
			t.r.fail(fmt.Errorf("see what is held for %s before the first fault: %w", n.Name, err))
		}
		if ok && err == nil {
			t.before[n.Name] = shot
		}
	}
	t.told(ledger.TracesNoted)
}

func (t *traces) told(kind string) {
	t.r.events.append(kind, "", "", ledger.Traces{Nodes: slices.Sorted(maps.Keys(t.before))})
}

// shot looks at one node; false: it cannot be looked at.
func (t *traces) shot(ctx context.Context, name string) (faults.Snapshot, bool, error) {
	n, _ := t.r.system.Instance(name)
	s, ok := n.(faults.Snapshotter)
	if !ok {
		return nil, false, nil
	}
	shot, err := s.Snapshot(ctx)
	return shot, true, err
}

// compare looks whether the nodes hold what they held before the first fault,
// once no fault is on. What differs to the end is residue of the steps since
// the last comparison. It is told of once.
func (t *traces) compare(ctx context.Context) (steps, found []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	steps, entered, quiet := t.faults.quiet()
	if !quiet || len(t.before) == 0 || t.r.broken.Err() != nil { // the system is taken down then
		return nil, nil
	}
	limit, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	var now map[string]faults.Snapshot
	t.r.until(limit, settleEvery, func() bool {
		now, found = t.differ(ctx)
		_, latest, _ := t.faults.quiet()
		return len(found) == 0 || latest != entered
	})
	if !t.faults.compared(entered) {
		return nil, nil // another fault came: it is compared when that is over
	}
	for _, id := range steps {
		if len(found) > 0 {
			t.r.events.append(ledger.Residue, id, "", ledger.Leftovers{Items: found})
		}
	}
	t.noted = false
	t.before = now // what is new now is known, and what was replaced counts from here
	t.told(ledger.TracesCompared)
	return steps, found
}

// differ lists what is held otherwise than before, node by node.
func (t *traces) differ(ctx context.Context) (now map[string]faults.Snapshot, found []string) {
	now = map[string]faults.Snapshot{}
	for _, name := range slices.Sorted(maps.Keys(t.before)) {
		shot, _, err := t.shot(ctx, name)
		if err != nil {
			found = append(found, fmt.Sprintf("%s: nobody can say what is held for it: %v", name, err))
			continue
		}
		now[name] = shot
		for _, item := range t.before[name].Residue(shot) {
			found = append(found, name+": "+item)
		}
	}
	return now, found
}

// compareTraces compares; what is left by no step is the run's own.
func (r *run) compareTraces(ctx context.Context) {
	if steps, found := r.traces.compare(ctx); len(steps) == 0 {
		for _, item := range found {
			r.residue(item)
		}
	}
}
