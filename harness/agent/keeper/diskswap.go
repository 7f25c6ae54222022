package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"maildrill/harness/agent/blockdev"
)

// Blank ends the name of the image of a disk that is empty: what a lost disk is
// replaced by.
const Blank = ".blank"

// lose puts an empty file system in the place of a volume's. The node ends and
// starts anew, as a host does whose disk was replaced.
func (n node) lose(ctx context.Context, r *volumeRule) error {
	device, _, err := n.device(r.spec.Volume)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.originals(r.ID), 0o700); err != nil {
		return err
	}
	r.ended = true
	if err := n.freed(ctx, device); err != nil {
		return err
	}
	if !r.saved {
		if err := blockdev.Save(device, n.originals(r.ID)+"/image"); err != nil {
			return err
		}
		r.saved = true
	}
	if err := blockdev.Restore(device, Image(n.run, n.name, r.spec.Volume)+Blank); err != nil {
		return err
	}
	if err := n.start(ctx); err != nil {
		return err
	}
	r.ended = false
	return n.inVolume(ctx, r.spec.Volume, func(root string, _ int) error { return blockdev.Mark(root, r.ID) })
}

// regain puts the lost content back. What came meanwhile is gone with the file
// system that it came to. A node that is down for other reasons stays down. Of a
// lasting loss only our mark goes.
func (n node) regain(ctx context.Context, r *volumeRule) error {
	if r.spec.Lasting && r.saved && !r.ended {
		err := n.inVolume(ctx, r.spec.Volume, func(root string, _ int) error { return blockdev.Unmark(root) })
		return errors.Join(err, os.RemoveAll(n.originals(r.ID)))
	}
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	if r.saved {
		device, _, err := n.device(r.spec.Volume)
		if err == nil {
			r.ended = r.ended || s.Running
			err = n.freed(ctx, device)
		}
		if err == nil {
			err = blockdev.Restore(device, n.originals(r.ID)+"/image")
		}
		if err != nil {
			return err
		}
		r.saved = false
	}
	if r.ended {
		if err := n.start(ctx); err != nil {
			return err
		}
		r.ended = false
	}
	return os.RemoveAll(n.originals(r.ID))
}

// freed ends the node and returns when nobody has the device mounted.
func (n node) freed(ctx context.Context, device string) error {
	if _, err := n.endAndWait(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(endWait)
	defer tick.Stop()
	for {
		mounted, _, err := n.kernel.Look(device)
		if err != nil || !mounted {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s stays mounted", device), ctx.Err())
		}
	}
}
