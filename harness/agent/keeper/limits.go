package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
	"maildrill/harness/agent/cgroups"
)

// limits lowers what the kernel grants a node. It writes the control group of
// the container itself: what the engine knows stays as it was, so that a start
// brings the old limits back, and so that a limit can be taken away altogether.
type limits struct {
	mu    sync.Mutex
	nodes map[string]map[faults.Resource]*lowered
}

// lowered is one limit of one node while a rule stands on it.
type lowered struct {
	group cgroups.Group
	main  string // the start of the process for which it was lowered
	saved cgroups.Saved
	rules map[string]*limitRule
	got   int64 // what is in force, in the unit of the resource
}

type limitRule struct {
	faults.Rule
	spec  faults.LimitSpec
	limit int64 // of the share, once it was known
	base  map[string]uint64
	last  map[string]uint64
	until time.Time
	timer *time.Timer
}

func (m *limits) put(ctx context.Context, n node, r faults.Rule) error {
	rule := &limitRule{Rule: r, until: time.Now().Add(r.TTL)}
	if err := r.Decode(&rule.spec); err != nil {
		return err
	}
	group, main, err := groupOf(ctx, n)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l, err := m.find(n.name, rule.spec.Resource, group, main)
	if err != nil {
		return err
	}
	if err := l.admit(rule); err != nil {
		delete(l.rules, r.ID) // half a limit is none
		return errors.Join(err, l.enforce(rule.spec.Resource))
	}
	rule.timer = time.AfterFunc(r.TTL, func() { _ = m.expire(n.name, r.ID, rule) })
	return nil
}

// groupOf finds the control group of a node that runs, and how its main process
// is known.
func groupOf(ctx context.Context, n node) (cgroups.Group, string, error) {
	s, err := n.inspect(ctx, n.Container)
	if err == nil && s.Pid <= 0 {
		err = fmt.Errorf("limits of %s: %w", n.name, errDown)
	}
	if err != nil {
		return cgroups.Group{}, "", err
	}
	g, err := cgroups.Of(s.Pid)
	return g, s.StartedAt, err
}

// find gives the state of a limit. One that was lowered for an earlier life of
// the node is forgotten: it went with its control group.
func (m *limits) find(name string, r faults.Resource, g cgroups.Group, main string) (*lowered, error) {
	if m.nodes == nil {
		m.nodes = map[string]map[faults.Resource]*lowered{}
	}
	if m.nodes[name] == nil {
		m.nodes[name] = map[faults.Resource]*lowered{}
	}
	if l := m.nodes[name][r]; l != nil && l.main == main {
		return l, nil
	} else if l != nil {
		l.stop()
	}
	l := &lowered{group: g, main: main, rules: map[string]*limitRule{}}
	var err error
	if l.saved, err = g.Save(r); err != nil {
		return nil, err
	}
	m.nodes[name][r] = l
	return l, nil
}

func (l *lowered) stop() {
	for _, r := range l.rules {
		r.timer.Stop()
	}
}

// admit adds a rule and makes the lowest the one in force. A rule that is put
// again keeps the share that it was first given.
func (l *lowered) admit(rule *limitRule) error {
	rule.base = l.group.Counters(rule.spec.Resource)
	if was := l.rules[rule.ID]; was != nil {
		was.timer.Stop()
		rule.limit, rule.base = was.limit, was.base
	}
	if rule.limit == 0 {
		var err error
		if rule.limit, err = asked(l.group, rule.spec); err != nil {
			return err
		}
	}
	l.rules[rule.ID] = rule
	return l.enforce(rule.spec.Resource)
}

// asked is the limit that a spec comes to.
func asked(g cgroups.Group, spec faults.LimitSpec) (int64, error) {
	switch {
	case spec.Limit > 0:
		return spec.Limit, nil
	case spec.Spare > 0:
		held, err := g.Held(spec.Resource)
		return held + spec.Spare, err
	}
	used, err := g.Used(spec.Resource)
	return max(int64(spec.Share*float64(used)), 1), err
}

// enforce brings the kernel to what the rules ask for.
func (l *lowered) enforce(r faults.Resource) error {
	var lowest int64
	for _, rule := range l.rules {
		if lowest == 0 || rule.limit < lowest {
			lowest = rule.limit
		}
	}
	if lowest == 0 {
		return l.group.Restore(l.saved)
	}
	if err := l.group.Restore(l.saved); err != nil { // from one limit to a higher one goes by way of none
		return err
	}
	before, err := l.group.Limit(r)
	if err != nil {
		return err
	}
	if lowest >= before {
		return fmt.Errorf("the node is granted %d of %s already, which is no more than the %d asked for", before, r, lowest)
	}
	l.got, err = l.group.Lower(r, lowest)
	return err
}

// take is over when the kernel has the old limit again.
func (m *limits) take(_ context.Context, n node, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.drop(n.name, id, nil)
}

// expire takes a rule whose time is over, if it is still that one.
func (m *limits) expire(name, id string, rule *limitRule) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.drop(name, id, rule)
}

func (m *limits) drop(name, id string, only *limitRule) error {
	var errs []error
	for r, l := range m.nodes[name] {
		rule := l.rules[id]
		if rule == nil || only != nil && rule != only {
			continue
		}
		rule.timer.Stop()
		delete(l.rules, id)
		if err := l.enforce(r); err != nil {
			l.rules[id] = rule // it may be taken again
			errs = append(errs, fmt.Errorf("restore the limit of %s: %w", r, err))
			continue
		}
		if len(l.rules) == 0 {
			delete(m.nodes[name], r)
		}
	}
	return errors.Join(errs...)
}

// rules lists the rules that the kernel shows to be in force, and what the
// kernel has for each resource.
func (m *limits) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []faults.Standing
	for _, r := range slices.Sorted(maps.Keys(m.nodes[n.name])) {
		all = append(all, m.nodes[n.name][r].standing(r, s)...)
	}
	if s.Pid <= 0 {
		return all, nil
	}
	g, err := cgroups.Of(s.Pid)
	if err != nil {
		return nil, err
	}
	return append(all, kernelLimits(g)...), nil
}

// standing reads back. A node that was killed for its limit is down with it.
func (l *lowered) standing(r faults.Resource, s container.State) (all []faults.Standing) {
	down := s.Pid <= 0 && s.OOMKilled
	if !down && !l.inForce(r, s) {
		return nil
	}
	now := map[string]uint64{}
	if !down {
		now = l.group.Counters(r)
	}
	for _, id := range slices.Sorted(maps.Keys(l.rules)) {
		rule := l.rules[id]
		if down && r == faults.Memory {
			rule.last = maps.Clone(rule.last)
			if rule.last == nil {
				rule.last = map[string]uint64{}
			}
			for _, name := range []string{"oom_kills", "limit_hits"} { // who is killed has met the limit
				rule.last[name] = max(rule.last[name], 1)
			}
		} else {
			rule.last = since(rule.base, now)
		}
		shown := faults.Standing{ID: id, Spec: rule.Spec, By: l.group.Version(), Left: time.Until(rule.until), Counters: rule.last}
		if used, err := l.group.Used(r); err == nil && !down {
			shown.Looks = map[string]uint64{faults.LimitSet: uint64(rule.limit), faults.InUse: uint64(used)}
		}
		all = append(all, shown)
	}
	return all
}

func (l *lowered) inForce(r faults.Resource, s container.State) bool {
	if s.Pid <= 0 || s.StartedAt != l.main {
		return false
	}
	now, err := l.group.Limit(r)
	return err == nil && now == l.got
}

func since(base, now map[string]uint64) map[string]uint64 {
	moved := map[string]uint64{}
	for name, n := range now {
		moved[name] = n - min(n, base[name])
	}
	return moved
}

// kernelLimits is what the kernel has, whoever set it.
func kernelLimits(g cgroups.Group) (all []faults.Standing) {
	for _, r := range []faults.Resource{faults.Memory, faults.CPU, faults.PIDs} {
		limit, err := g.Limit(r)
		if err != nil {
			continue
		}
		spec, err := json.Marshal(faults.LimitSpec{Resource: r, Limit: limit})
		if err == nil {
			all = append(all, faults.Standing{ID: faults.KernelLimit, Spec: spec, By: g.Version(), Counters: g.Counters(r)})
		}
	}
	return all
}
