package faulttest

import (
	"context"
	"errors"

	"maildrill/faults"
)

// CutPower shuts the node's only disk down.
func (n *Node) CutPower(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.did(ctx, "cut power"); err != nil {
		return err
	}
	if !n.running {
		return errors.New("not running")
	}
	n.shut = !n.lie(PowerSpares)
	return nil
}

// Disks tells the state of the node's only disk.
func (n *Node) Disks(ctx context.Context) ([]faults.Disk, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d := faults.Disk{Volume: "mail", Mounted: n.running, Shut: n.running && n.shut, Unclean: !n.running && n.unclean}
	return []faults.Disk{d}, ctx.Err()
}

// left is what the death of its user makes of the disk, mounted what the next
// one does.
func (n *Node) left()    { n.unclean, n.shut = n.shut, n.shut && n.lie(PowerSticks) }
func (n *Node) mounted() { n.unclean = false }
