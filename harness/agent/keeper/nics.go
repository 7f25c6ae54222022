package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"maildrill/faults"
)

// nics puts the network interfaces of nodes down. The kernel has no deadline
// for that, so the keeper keeps it.
type nics struct {
	mu    sync.Mutex
	nodes map[string]*unplugged
}

// unplugged is a node whose interfaces are down.
type unplugged struct {
	Unplugged
	namespace, identity string
	rules               map[string]*downRule
}

// downRule is one reason for it: while one is left, they stay down.
type downRule struct {
	faults.Rule
	until time.Time
	timer *time.Timer
}

func (m *nics) put(ctx context.Context, n node, r faults.Rule) error {
	if err := r.Decode(&faults.InterfaceSpec{}); err != nil {
		return err
	}
	w, err := n.wire(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.find(n, w)
	if u == nil {
		if u, err = m.unplug(n, w); err != nil {
			return err
		}
	}
	if old := u.rules[r.ID]; old != nil {
		old.timer.Stop()
	}
	rule := &downRule{Rule: r, until: time.Now().Add(r.TTL)}
	rule.timer = time.AfterFunc(r.TTL, func() { _ = m.expire(n.name, u, rule) })
	u.rules[r.ID] = rule
	return nil
}

// wire is the network of a node; the zero wire: there is none.
type wire struct {
	pid            int
	path, identity string
}

// wire asks the engine, which may take its time: no lock is held meanwhile.
func (n node) wire(ctx context.Context) (wire, error) {
	pid, err := n.namespace(ctx)
	if errors.Is(err, errDown) {
		return wire{}, nil
	}
	if err != nil {
		return wire{}, err
	}
	identity, err := os.Readlink(netns(pid))
	return wire{pid, netns(pid), identity}, err
}

func (m *nics) unplug(n node, w wire) (*unplugged, error) {
	if w == (wire{}) {
		return nil, fmt.Errorf("network of %s: %w", n.name, errDown)
	}
	down, err := n.kernel.Unplug(w.pid)
	if err != nil {
		return nil, fmt.Errorf("put the interfaces of %s down: %w", n.name, err)
	}
	u := &unplugged{Unplugged: down, namespace: w.path, identity: w.identity, rules: map[string]*downRule{}}
	if m.nodes == nil {
		m.nodes = map[string]*unplugged{}
	}
	m.nodes[n.name] = u
	return u, nil
}

// find gives the state of a node. One whose network is gone, with all that was
// down in it, is forgotten.
func (m *nics) find(n node, w wire) *unplugged {
	u := m.nodes[n.name]
	if u == nil || w.identity == u.identity {
		return u
	}
	for _, r := range u.rules {
		r.timer.Stop()
	}
	delete(m.nodes, n.name)
	return nil
}

// has tells whether anything of a node is down.
func (m *nics) has(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.nodes[name] != nil
}

func (m *nics) take(ctx context.Context, n node, id string) error {
	if !m.has(n.name) {
		return nil
	}
	w, err := n.wire(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.find(n, w)
	if u == nil || u.rules[id] == nil {
		return nil
	}
	u.rules[id].timer.Stop()
	return m.release(n.name, u, id)
}

// expire ends a rule at its deadline, if it stands still.
func (m *nics) expire(name string, u *unplugged, rule *downRule) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[name] != u || u.rules[rule.ID] != rule {
		return nil
	}
	return m.release(name, u, rule.ID)
}

// release takes one reason away; after the last the interfaces are up again. If
// that fails it can be tried again.
func (m *nics) release(name string, u *unplugged, id string) error {
	if len(u.rules) == 1 {
		if err := u.Plug(u.namespace); err != nil {
			return fmt.Errorf("put the interfaces of %s up: %w", name, err)
		}
		delete(m.nodes, name)
	}
	delete(u.rules, id)
	return nil
}

// rules lists what stands: while somebody has put one of the interfaces up,
// nothing does.
func (m *nics) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	if !m.has(n.name) {
		return nil, nil
	}
	w, err := n.wire(ctx)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.find(n, w)
	if u == nil {
		return nil, nil
	}
	down, err := u.Down(u.namespace)
	if err != nil || !down {
		return nil, err
	}
	var standing []faults.Standing
	for _, r := range u.rules {
		standing = append(standing, faults.Standing{ID: r.ID, Spec: r.Spec, By: "rtnetlink", Left: time.Until(r.until)})
	}
	return standing, nil
}
