package keeper

import (
	"context"
	"fmt"

	"maildrill/harness/agent/blockdev"
)

// unmount takes the volume's mount away from the node that runs.
func (n node) unmount(ctx context.Context, r *volumeRule) error {
	device, path, err := n.device(r.spec.Volume)
	if err != nil {
		return err
	}
	s, err := n.inspect(ctx, n.Container)
	if err != nil {
		return err
	}
	if s.Pid <= 0 {
		return fmt.Errorf("unmount a volume of %s: %w", n.name, errDown)
	}
	if r.kept != nil && r.pid == s.Pid {
		return nil // it is away, and to let it go would be to lose it
	}
	if r.kept != nil {
		_ = r.kept.Close()
		r.kept = nil
	}
	return throughMount(s.Pid, path, device, func(string, int) error {
		r.kept, err = blockdev.Beneath(s.Pid, path)
		r.pid = s.Pid
		return err
	})
}

// remount gives it back. A node that was started since has mounted it itself.
func (n node) remount(ctx context.Context, r *volumeRule) error {
	if r.kept == nil {
		return nil
	}
	s, err := n.inspect(ctx, n.Container)
	if err == nil && s.Pid == r.pid && s.Pid > 0 {
		err = blockdev.PutBack(s.Pid, n.Disks[r.spec.Volume], r.kept)
	}
	if err != nil {
		return err
	}
	_ = r.kept.Close()
	r.kept = nil
	return nil
}
