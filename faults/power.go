package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// powered is what storage.power-cut needs of a node.
type powered interface {
	crashable
	PowerCutter
}

// powerCut is storage.power-cut: a crash whose disks lose what was not synced.
type powerCut struct {
	crash
	scar scar
}

// scar remembers that the disks were seen unclean. Somebody may read a disk
// while the node is down; that replays its journal, and the sign is gone.
type scar struct {
	mu   sync.Mutex
	seen bool
}

func (s *scar) note(now bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = s.seen || now
	return s.seen
}

func (s *scar) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = false
}

func newPowerCut(decode func(any) error) (Fault, error) {
	if err := decode(&struct{}{}); err != nil {
		return nil, err
	}
	return aimed[powered]{work: &powerCut{}, kind: "storage.power-cut"}, nil
}

// unplugged is a node as its crash meets it: the disks die first, because a
// server that is still alive must not write to them any more.
type unplugged struct{ powered }

func (n unplugged) Kill(ctx context.Context, supervised bool) error {
	if err := n.CutPower(ctx); err != nil {
		return fmt.Errorf("shut its disks down: %w", err)
	}
	return n.powered.Kill(ctx, supervised)
}

func (f *powerCut) inject(ctx context.Context, n powered, t Target) error {
	return f.crash.inject(ctx, unplugged{n}, t)
}

// verify: beside what a crash shows, the disks were left unclean while it is
// held; at any other time a disk that is shut down is one too many.
func (f *powerCut) verify(ctx context.Context, n powered, t Target) (Evidence, error) {
	e, err := f.crash.verify(ctx, n, t)
	if err != nil {
		return e, err
	}
	disks, err := n.Disks(ctx)
	if err != nil {
		return Evidence{}, fmt.Errorf("look at its disks: %w", err)
	}
	if f.recall().phase == held {
		e.Installed = e.Installed && f.scar.note(allUnclean(disks))
	} else {
		e.Installed = e.Installed || anyShut(disks)
	}
	e.Detail += "; " + diskWords(disks)
	return e, nil
}

func anyShut(disks []Disk) bool {
	for _, d := range disks {
		if d.Shut {
			return true
		}
	}
	return false
}

func allUnclean(disks []Disk) bool {
	for _, d := range disks {
		if !d.Unclean {
			return false
		}
	}
	return len(disks) > 0
}

func diskWords(disks []Disk) string {
	var words []string
	for _, d := range disks {
		state := "not mounted, clean"
		switch {
		case d.Shut:
			state = "shut down"
		case d.Mounted:
			state = "mounted"
		case d.Unclean:
			state = "unclean"
		}
		words = append(words, fmt.Sprintf("disk %s %s", d.Volume, state))
	}
	if len(words) == 0 {
		return "no disk"
	}
	return strings.Join(words, ", ")
}

// revert ends a node that still runs on dead disks: it could not be started.
func (f *powerCut) revert(ctx context.Context, n powered, t Target) error {
	killErr := endOnDeadDisks(ctx, n)
	err := f.crash.revert(ctx, n, t)
	f.scar.heal()
	return errors.Join(killErr, err)
}

func endOnDeadDisks(ctx context.Context, n powered) error {
	disks, err := n.Disks(ctx)
	if err == nil && anyShut(disks) {
		err = n.Kill(ctx, false)
	}
	if err != nil {
		return fmt.Errorf("end what runs on dead disks: %w", err)
	}
	return nil
}
