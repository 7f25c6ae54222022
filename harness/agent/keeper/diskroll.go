package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"maildrill/harness/agent/blockdev"
	"maildrill/harness/agent/filework"
)

// stopGrace is how long a server has to end in order before it is killed.
const stopGrace = 10 * time.Second

// restored is what a rollback did.
type restored struct{ gone, back []string }

func (r restored) counters() map[string]uint64 {
	return map[string]uint64{"files_gone": uint64(len(r.gone)), "files_back": uint64(len(r.back))}
}

// image is where a state is kept.
func (n node) image(r *volumeRule) string { return filepath.Join(n.originals(r.ID), "image") }

// save keeps the state that a power cut would leave now, with what is in it. The
// node is frozen meanwhile, so that nobody writes; if this keeper dies, it can be
// removed all the same.
func (n node) save(ctx context.Context, r *volumeRule) error {
	if err := os.MkdirAll(n.originals(r.ID), 0o700); err != nil {
		return err
	}
	s, err := n.inspect(ctx, n.Container)
	if err == nil && !s.Running {
		err = fmt.Errorf("save a volume of %s: %w", n.name, errDown)
	}
	if err != nil {
		return err
	}
	r.frozen = r.frozen || !s.Paused // one that was frozen before stays so
	err = n.freeze(ctx, true)
	if err == nil {
		err = n.inVolume(ctx, r.spec.Volume, func(root string, _ int) (err error) {
			if err = blockdev.Flush(root); err != nil {
				return err
			}
			if r.files, err = filework.ListOf(root); err != nil {
				return err
			}
			return blockdev.Copy(Image(n.run, n.name, r.spec.Volume), n.image(r))
		})
	}
	r.saved = err == nil
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), thawLimit)
	defer cancel()
	return errors.Join(err, n.thaw(after, r))
}

// thawLimit bounds the end of a freeze whose order is over.
const thawLimit = 20 * time.Second

// thaw lets the node go on that was frozen for the rule.
func (n node) thaw(ctx context.Context, r *volumeRule) error {
	if !r.frozen {
		return nil
	}
	err := n.freeze(ctx, false)
	r.frozen = err != nil
	return err
}

// forget removes a kept state.
func (n node) forget(ctx context.Context, r *volumeRule) error {
	if err := n.thaw(ctx, r); err != nil {
		return err
	}
	r.saved, r.files = false, nil
	return os.RemoveAll(n.originals(r.ID))
}

// rollBack puts a kept state in the place of what the volume holds. It can be
// carried through again wherever it was cut short.
func (n node) rollBack(ctx context.Context, r, kept *volumeRule) error {
	if kept == nil || !kept.saved {
		return fmt.Errorf("no state of volume %s of %s was saved, so it cannot go back to one", r.spec.Volume, n.name)
	}
	device, _, err := n.device(r.spec.Volume)
	if err != nil {
		return err
	}
	if !r.ended {
		r.ended = true
		if err := n.stop(ctx, stopGrace); err != nil {
			return err
		}
	}
	if err := n.freed(ctx, device); err != nil {
		return err
	}
	if r.back == nil {
		if err := n.exchange(ctx, r, kept, device); err != nil {
			return err
		}
	}
	if err := n.start(ctx); err != nil {
		return err
	}
	r.ended = false
	return nil
}

// exchange replaces the content of the device, and compares it with what was
// saved before any server sees it.
func (n node) exchange(ctx context.Context, r, kept *volumeRule, device string) error {
	list := func() (files filework.List, err error) {
		err = n.inVolume(ctx, r.spec.Volume, func(root string, _ int) (err error) {
			files, err = filework.ListOf(root)
			return err
		})
		return files, err
	}
	if r.files == nil { // the first time: later it may be half of each
		newer, err := list()
		if err != nil {
			return err
		}
		r.files = newer
	}
	if err := blockdev.Restore(device, n.image(kept)); err != nil {
		return err
	}
	now, err := list()
	if err != nil {
		return err
	}
	if !now.Equal(kept.files) {
		return fmt.Errorf("volume %s of %s does not hold what was saved: too much %v, missing %v, or other contents",
			r.spec.Volume, n.name, now.Without(kept.files), kept.files.Without(now))
	}
	r.back = &restored{gone: r.files.Without(now), back: now.Without(r.files)}
	return nil
}

// gone looks for the files that a rollback has undone.
func (v *volumes) gone(n node, root, rule string) ([]string, error) {
	r := v.find(n, rule)
	if r == nil || r.back == nil {
		return nil, nil
	}
	now, err := filework.ListOf(root)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(r.back.gone), func(path string) bool { _, ok := now[path]; return ok }), nil
}
