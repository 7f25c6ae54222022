package keeper

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/rlimits"
)

// fileLimits lowers how many files single processes may have open.
type fileLimits struct {
	mu   sync.Mutex
	list []*fileLimit
}

// fileLimit is one rule.
type fileLimit struct {
	faults.Rule
	spec  faults.LimitSpec
	node  string
	until time.Time
	timer *time.Timer
	low   []lowFiles
}

// lowFiles is one process that it has limited.
type lowFiles struct {
	faults.Process
	set, was uint64   // the soft limit
	before   []uint64 // what it was set to until it was tightened
}

// put limits those that run with the name. One that stands is left alone.
func (m *fileLimits) put(ctx context.Context, n node, r faults.Rule, spec faults.LimitSpec) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.find(n, r.ID) != nil {
		return nil
	}
	victims, err := n.victims(ctx, spec.Process)
	if err != nil {
		return err
	}
	l := &fileLimit{Rule: r, spec: spec, node: n.name, until: time.Now().Add(r.TTL)}
	for _, p := range victims {
		err = errors.Join(err, unlessGone(l.lower(p)))
	}
	if err != nil {
		return errors.Join(err, l.end(ctx, n)) // half of it is none
	}
	m.list = append(m.list, l)
	l.timer = time.AfterFunc(r.TTL, func() {
		ctx, cancel := context.WithTimeout(context.Background(), orderLimit)
		defer cancel()
		_ = m.take(ctx, n, r.ID)
	})
	return nil
}

// lower leaves a process what is to stay free. It may open more between the two
// looks, and is looked at again.
func (l *fileLimit) lower(p faults.Process) error {
	open, err := rlimits.Open(p.PID)
	if err != nil {
		return err
	}
	set := rlimits.Tight(open, int(l.spec.Spare))
	was, err := rlimits.Set(p.PID, set)
	if err == nil {
		l.low = append(l.low, lowFiles{Process: p, set: set, was: was})
	}
	return err
}

// tighten follows those down that had something open when they were limited, and
// have closed it since: a client that was just being served leaves room.
func (l *fileLimit) tighten() {
	for i := range l.low {
		p := &l.low[i]
		open, err := rlimits.Open(p.PID)
		tight := rlimits.Tight(open, int(l.spec.Spare))
		if err != nil || tight >= p.set || !p.holds() {
			continue
		}
		if _, err := rlimits.Set(p.PID, tight); err == nil {
			p.before, p.set = append(p.before, p.set), tight
		}
	}
}

// generations is how often a child of a child is looked for that was born
// meanwhile.
const generations = 8

// end gives each its own limit back, and then to each child that has inherited the
// low one what its parent had. In this order: whoever is born later inherits what
// is right.
func (l *fileLimit) end(ctx context.Context, n node) error {
	err := l.raise()
	for range generations {
		all, listErr := n.matching(ctx, everyName)
		low, raiseErr := l.raiseHeirs(all)
		if err = errors.Join(err, listErr, raiseErr); err != nil || low == 0 {
			break
		}
	}
	return err
}

func (l *fileLimit) raise() (err error) {
	for _, low := range l.low {
		if low.lives() {
			_, setErr := rlimits.Set(low.PID, low.was)
			err = errors.Join(err, unlessGone(setErr))
		}
	}
	return err
}

// raiseHeirs tells how many it has found.
func (l *fileLimit) raiseHeirs(all []faults.Process) (found int, err error) {
	for _, p := range all {
		now, readErr := rlimits.Files(p.PID)
		i := slices.IndexFunc(l.low, func(low lowFiles) bool { return low.gave(now) && now < low.was })
		if readErr == nil && i >= 0 {
			_, setErr := rlimits.Set(p.PID, l.low[i].was)
			found, err = found+1, errors.Join(err, unlessGone(setErr))
		}
	}
	return found, err
}

// gave tells whether the process had this limit of us.
func (p lowFiles) gave(limit uint64) bool { return p.set == limit || slices.Contains(p.before, limit) }

// holds: it still has the limit that it was given last.
func (p lowFiles) holds() bool {
	now, err := rlimits.Files(p.PID)
	return err == nil && now == p.set && p.lives()
}

// lives tells whether the process is still the same.
func (p lowFiles) lives() bool {
	now, ok := look(p.PID)
	return ok && now.State != "Z" && (p.Started == "" || now.Started == p.Started)
}

func (m *fileLimits) take(ctx context.Context, n node, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.find(n, id)
	if l == nil {
		return nil
	}
	err := l.end(ctx, n)
	if err != nil {
		return err
	}
	if l.spec.Restart {
		err = n.renew(ctx, l.low)
	}
	if err == nil {
		l.timer.Stop()
		m.list = slices.DeleteFunc(m.list, func(o *fileLimit) bool { return o == l })
	}
	return err
}

// renew ends processes, for their master to start others. The main process has
// none: with it the node is started anew.
func (n node) renew(ctx context.Context, old []lowFiles) (err error) {
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	for _, p := range old {
		switch {
		case !p.lives():
		case p.PID == s.Pid:
			err = errors.Join(err, n.stop(ctx, stopGrace), n.start(ctx))
		default:
			err = errors.Join(err, unlessGone(n.kernel.Signal(p.Process, "TERM")))
		}
	}
	return err
}

func (m *fileLimits) find(n node, id string) *fileLimit {
	i := slices.IndexFunc(m.list, func(l *fileLimit) bool { return l.node == n.name && l.ID == id })
	if i < 0 {
		return nil
	}
	return m.list[i]
}

// rules lists those of which a process still has the limit that it was given, and
// tightens it first.
func (m *fileLimits) rules(n node) (all []faults.Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.list {
		if l.node != n.name {
			continue
		}
		if l.tighten(); slices.ContainsFunc(l.low, lowFiles.holds) {
			all = append(all, faults.Standing{ID: l.ID, Spec: l.Spec, By: "prlimit", Left: time.Until(l.until)})
		}
	}
	return all
}

// unlessGone drops an error that says that the process has ended.
func unlessGone(err error) error {
	for _, gone := range []error{os.ErrProcessDone, fs.ErrNotExist, syscall.ESRCH} {
		if errors.Is(err, gone) {
			return nil
		}
	}
	return err
}
