package faults

import (
	"context"
	"slices"
)

// siteDown is site.down on one node of the site: its host is gone, and so is the
// power of its disks, if it has any.
type siteDown struct {
	crash    crash
	powerCut powerCut
}

func newSiteDown(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	return aimed[crashable]{work: &siteDown{}, kind: "site.down"}, nil
}

// hasDisks tells whether a node has file systems on devices of its own.
func hasDisks(t Target) bool {
	p, ok := t.Peer(t.Node.Name())
	return ok && slices.ContainsFunc(p.Volumes, func(v Volume) bool { return v.Size > 0 })
}

// Undo gives back in the order in which a site comes back: network, storage,
// servers. Starting a node is what mounts its disks and replays their journals.
func (f *siteDown) Undo(t Target) []Undo { return f.crash.Undo(t) }

func (f *siteDown) inject(ctx context.Context, n crashable, t Target) error {
	if !hasDisks(t) {
		return f.crash.inject(ctx, n, t)
	}
	p, err := need[powered](n.(Node))
	if err != nil {
		return err
	}
	return f.powerCut.inject(ctx, p, t)
}

func (f *siteDown) verify(ctx context.Context, n crashable, t Target) (Evidence, error) {
	if !hasDisks(t) {
		return f.crash.verify(ctx, n, t)
	}
	p, err := need[powered](n.(Node))
	if err != nil {
		return Evidence{}, err
	}
	return f.powerCut.verify(ctx, p, t)
}

func (f *siteDown) revert(ctx context.Context, n crashable, t Target) error {
	if !hasDisks(t) {
		return f.crash.revert(ctx, n, t)
	}
	p, err := need[powered](n.(Node))
	if err != nil {
		return err
	}
	return f.powerCut.revert(ctx, p, t)
}
