package keeper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/load"
)

// storms sends clients to nodes. They are connections of this process in the
// network of the node that they come from: however the keeper ends, the kernel
// closes them.
type storms struct {
	mu    sync.Mutex
	nodes map[string]map[string]*storm
}

type storm struct {
	faults.Rule
	*load.Storm
	until time.Time
	timer *time.Timer
}

func (m *storms) put(ctx context.Context, n node, r faults.Rule) error {
	var spec faults.LoadSpec
	if err := r.Decode(&spec); err != nil {
		return err
	}
	from, err := n.peer(spec.Client)
	if err != nil {
		return err
	}
	pid, err := from.namespace(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if was := m.nodes[n.name][r.ID]; was != nil && string(was.Spec) == string(r.Spec) {
		was.timer.Reset(r.TTL)
		was.until = time.Now().Add(r.TTL)
		return nil
	}
	m.end(n.name, r.ID, nil)
	s, err := load.Begin(netns(pid), spec)
	if err != nil {
		return fmt.Errorf("send clients to %s: %w", n.name, err)
	}
	if m.nodes == nil {
		m.nodes = map[string]map[string]*storm{}
	}
	if m.nodes[n.name] == nil {
		m.nodes[n.name] = map[string]*storm{}
	}
	one := &storm{Rule: r, Storm: s, until: time.Now().Add(r.TTL)}
	m.nodes[n.name][r.ID] = one
	one.timer = time.AfterFunc(r.TTL, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.end(n.name, r.ID, one)
	})
	return nil
}

// end ends a storm, if it is that one.
func (m *storms) end(name, id string, only *storm) {
	s := m.nodes[name][id]
	if s == nil || only != nil && s != only {
		return
	}
	s.timer.Stop()
	s.End()
	delete(m.nodes[name], id)
}

func (m *storms) take(_ context.Context, n node, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end(n.name, id, nil)
	return nil
}

// rules lists the storms, and what the kernel of the node itself sees of them.
func (m *storms) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	all := m.standing(n.name)
	pid, err := n.namespace(ctx)
	if errors.Is(err, errDown) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	seen, err := load.Seen(pid)
	return append(all, faults.Standing{ID: faults.LoadSeen, Counters: map[string]uint64{"connections": seen}}), err
}

func (m *storms) standing(name string) (all []faults.Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(m.nodes[name])) {
		s := m.nodes[name][id]
		all = append(all, faults.Standing{ID: id, Spec: s.Spec, Left: time.Until(s.until), Counters: s.Counters()})
	}
	return all
}
