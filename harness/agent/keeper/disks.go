package keeper

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"maildrill/faults"
	"maildrill/harness/agent/blockdev"
	"maildrill/harness/agent/filework"
)

// volumes is the mechanism [faults.Disks].
type volumes struct {
	mu   sync.Mutex // of the list
	acts sync.Mutex // one change at a time
	list []*volumeRule
}

func newVolumes() *volumes { return &volumes{} }

// volumeRule is one that stands, with what its end needs.
type volumeRule struct {
	faults.Rule
	spec  faults.DiskSpec
	node  string
	put   time.Time
	timer *time.Timer

	gate   *blockdev.Gate // slow, fail
	kept   *os.File       // unmount: the mount that was taken away
	pid    int            // unmount: from whom
	saved  bool           // lose: the content of the device is in a file
	frozen bool           // save: we have frozen the node, and it does not go on yet
	ended  bool           // lose, roll back: we have ended the node, and it does not run yet

	files filework.List // save: what was there; roll back: what was there before
	back  *restored     // roll back: what it did; nil: not done yet
}

// ours is the name of what a rule puts into a volume.
func ours(rule string) string { return filework.OursPrefix + rule }

func (v *volumes) find(n node, id string) *volumeRule {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.list, func(r *volumeRule) bool { return r.node == n.name && r.ID == id })
	if i < 0 {
		return nil
	}
	return v.list[i]
}

// put notes the rule before the first change: what fails half-way is taken back.
// One that stands already is left alone.
func (v *volumes) put(ctx context.Context, n node, rule faults.Rule) error {
	v.acts.Lock()
	defer v.acts.Unlock()
	r := v.find(n, rule.ID)
	if r != nil && v.stands(ctx, n, r) {
		r.timer.Reset(rule.TTL)
		r.TTL, r.put = rule.TTL, time.Now()
		return nil
	}
	if r == nil {
		r = &volumeRule{Rule: rule, node: n.name, put: time.Now()}
		if err := rule.Decode(&r.spec); err != nil {
			return err
		}
		v.mu.Lock()
		v.list = append(v.list, r)
		v.mu.Unlock()
		r.timer = expire(v, n, rule)
	}
	return v.begin(ctx, n, r)
}

func (v *volumes) begin(ctx context.Context, n node, r *volumeRule) error {
	switch r.spec.Do {
	case faults.DiskLose:
		return n.lose(ctx, r)
	case faults.DiskUnmount:
		return n.unmount(ctx, r)
	case faults.DiskSave:
		return n.save(ctx, r)
	case faults.DiskRollBack:
		return n.rollBack(ctx, r, v.find(n, faults.SavedFor(r.ID)))
	}
	return n.inVolume(ctx, r.spec.Volume, func(root string, pid int) error {
		if pid == 0 {
			return fmt.Errorf("%s %s of %s: %w", r.spec.Do, r.spec.Volume, n.name, errDown)
		}
		switch r.spec.Do {
		case faults.DiskFill:
			return blockdev.Fill(root, ours(r.ID), r.spec.Free)
		case faults.DiskExhaust:
			return blockdev.Exhaust(root, ours(r.ID))
		case faults.DiskLock:
			return blockdev.Lock(root, true)
		case faults.DiskSlow, faults.DiskFail:
			return r.close(root)
		}
		return fmt.Errorf("nobody knows how to %q a disk", r.spec.Do)
	})
}

// close puts a gate before the file system.
func (r *volumeRule) close(root string) (err error) {
	if r.gate != nil {
		_ = r.gate.Close()
	}
	if r.spec.Do == faults.DiskSlow {
		r.gate, err = blockdev.Slow(root, time.Duration(r.spec.Delay))
	} else {
		r.gate, err = blockdev.Fail(root, r.spec.Share)
	}
	return err
}

func (v *volumes) take(ctx context.Context, n node, id string) error {
	v.acts.Lock()
	defer v.acts.Unlock()
	r := v.find(n, id)
	if r == nil {
		return nil
	}
	if err := v.end(ctx, n, r); err != nil {
		return err
	}
	r.timer.Stop()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = slices.DeleteFunc(v.list, func(o *volumeRule) bool { return o == r })
	return nil
}

func (v *volumes) end(ctx context.Context, n node, r *volumeRule) error {
	switch r.spec.Do {
	case faults.DiskLose:
		return n.regain(ctx, r)
	case faults.DiskUnmount:
		return n.remount(ctx, r)
	case faults.DiskSave:
		return n.forget(ctx, r)
	case faults.DiskRollBack:
		if !r.ended {
			return nil
		}
		return n.rollBack(ctx, r, v.find(n, faults.SavedFor(r.ID)))
	case faults.DiskSlow, faults.DiskFail:
		if r.gate == nil {
			return nil
		}
		return r.gate.Close()
	}
	return n.inVolume(ctx, r.spec.Volume, func(root string, pid int) error {
		if r.spec.Do == faults.DiskLock {
			if pid == 0 {
				return nil // the next mount is writable
			}
			return blockdev.Lock(root, false)
		}
		return blockdev.Free(root, ours(r.ID))
	})
}

// of lists the rules of a node.
func (v *volumes) of(n node) []*volumeRule {
	v.mu.Lock()
	defer v.mu.Unlock()
	var mine []*volumeRule
	for _, r := range v.list {
		if r.node == n.name {
			mine = append(mine, r)
		}
	}
	return mine
}

func (v *volumes) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	v.acts.Lock()
	defer v.acts.Unlock()
	var all []faults.Standing
	for _, r := range v.of(n) {
		if !v.stands(ctx, n, r) {
			continue
		}
		s := faults.Standing{ID: r.ID, Spec: r.Spec, Left: r.TTL - time.Since(r.put)}
		if r.back != nil {
			s.Counters = r.back.counters()
		}
		if r.gate != nil {
			s.Counters, s.By = r.gate.Counters(), "fanotify"
		}
		all = append(all, s)
	}
	return all, nil
}

// stands looks whether a rule is still in force.
func (v *volumes) stands(ctx context.Context, n node, r *volumeRule) bool {
	switch r.spec.Do {
	case faults.DiskLose:
		return r.saved && !r.ended
	case faults.DiskSave:
		return r.saved
	case faults.DiskRollBack:
		return r.back != nil && !r.ended
	case faults.DiskSlow, faults.DiskFail:
		return r.gate != nil && r.gate.Stands()
	case faults.DiskUnmount:
		s, err := n.inspect(ctx, n.Container)
		return err == nil && s.Pid == r.pid && r.kept != nil
	}
	if s, err := n.inspect(ctx, n.Container); err == nil && !s.Running {
		// To look would mean to mount it, which would hide how it was left.
		return r.spec.Do != faults.DiskLock
	}
	in := false
	err := n.inVolume(ctx, r.spec.Volume, func(root string, pid int) (err error) {
		if r.spec.Do == faults.DiskLock {
			in, err = blockdev.Locked(root)
		} else {
			in, err = blockdev.Filled(root, ours(r.ID))
		}
		return err
	})
	return err == nil && in
}
