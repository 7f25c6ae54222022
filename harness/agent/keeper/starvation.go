package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/cgroups"
	"maildrill/harness/agent/hog"
)

// hogRoom is how much memory a group is left before somebody is killed, in bytes.
const hogRoom = 16 << 20

// starvation lets the kernel kill for want of memory. It shares the groups with
// the limits, so that one writes at a time.
type starvation struct {
	groups *limits
	mu     sync.Mutex
	killed map[string]map[string]killing // by node and rule
}

// killing is what a rule has done.
type killing struct {
	rule  faults.Rule
	by    string
	kills uint64
	until time.Time
}

func (m *starvation) put(ctx context.Context, n node, r faults.Rule, spec faults.LimitSpec) error {
	victims, err := n.victims(ctx, spec.Process)
	if err != nil {
		return err
	}
	g, _, err := groupOf(ctx, n)
	if err != nil {
		return err
	}
	spare, err := doom(victims)
	if err != nil {
		return errors.Join(err, spare())
	}
	kills, err := m.groups.starve(ctx, g)
	if errors.Is(err, hog.ErrUncounted) {
		kills, err = n.deathsByOOM(ctx)
	}
	if err := errors.Join(err, spare()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.killed == nil {
		m.killed = map[string]map[string]killing{}
	}
	if m.killed[n.name] == nil {
		m.killed[n.name] = map[string]killing{}
	}
	m.killed[n.name][r.ID] = killing{rule: r, by: g.Version(), kills: kills, until: time.Now().Add(r.TTL)}
	return nil
}

func (m *starvation) take(n node, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.killed[n.name], id)
}

func (m *starvation) rules(n node) (all []faults.Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, k := range m.killed[n.name] {
		if left := time.Until(k.until); left > 0 {
			all = append(all, faults.Standing{ID: id, Spec: k.rule.Spec, By: k.by, Left: left, Counters: map[string]uint64{"oom_kills": k.kills}})
		}
	}
	return all
}

// starve lets a group run out of memory.
func (m *limits) starve(ctx context.Context, g cgroups.Group) (kills uint64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, err := g.Save(faults.Memory)
	if err != nil {
		return 0, err
	}
	used, err := g.Used(faults.Memory)
	if err != nil {
		return 0, err
	}
	limit, err := g.Limit(faults.Memory)
	if err == nil && limit > used+hogRoom {
		limit, err = g.Lower(faults.Memory, used+hogRoom)
	}
	if err == nil {
		kills, err = hog.Run(ctx, g, limit)
	}
	if err == nil && kills == 0 {
		err = fmt.Errorf("with %d bytes in use of %d the kernel killed nobody", used, limit)
	}
	return kills, errors.Join(err, g.Restore(was)) // a group that went with its node needs nothing
}

// deathsByOOM is what the engine says of a node whose group is gone.
func (n node) deathsByOOM(ctx context.Context) (uint64, error) {
	tick := time.NewTicker(endWait)
	defer tick.Stop()
	for {
		s, err := n.inspect(ctx, n.Container)
		switch {
		case err != nil:
			return 0, err
		case s.OOMKilled:
			return 1, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, errors.Join(fmt.Errorf("the control group of %s is gone, and the engine knows of no kill for want of memory", n.name), ctx.Err())
		}
	}
}

// victims are the processes with the name, or the main process.
func (n node) victims(ctx context.Context, name string) ([]faults.Process, error) {
	if name != "" {
		found, err := n.matching(ctx, name)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("no process %q runs on %s", name, n.name)
		}
		return found, err
	}
	s, err := n.inspect(ctx, n.Container)
	if err == nil && s.Pid <= 0 {
		err = fmt.Errorf("the main process of %s: %w", n.name, errDown)
	}
	return []faults.Process{{PID: s.Pid}}, err
}

// doom makes the kernel prefer these, until spare is called. What is gone by then
// needs nothing.
func doom(victims []faults.Process) (spare func() error, err error) {
	var undo []func() error
	for _, p := range victims {
		file := proc(p.PID, "oom_score_adj")
		was, readErr := os.ReadFile(file)
		if readErr != nil {
			err = errors.Join(err, readErr)
			continue
		}
		undo = append(undo, func() error { return unlessGone(os.WriteFile(file, []byte(strings.TrimSpace(string(was))), 0)) })
		err = errors.Join(err, os.WriteFile(file, []byte("1000"), 0))
	}
	return func() (err error) {
		for _, u := range undo {
			err = errors.Join(err, u())
		}
		return err
	}, err
}
