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
	Stater
	Killer
	Starter
	Isolator
	PowerCutter
}

// powerCut is storage.power-cut.
type powerCut struct {
	memory
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
	return aimed[powered]{&powerCut{}, "storage.power-cut"}, nil
}

// Undo is as that of node.crash: a start mounts the disks anew.
func (f *powerCut) Undo(t Target) []Undo {
	return []Undo{{Node: t.Node.Name(), Verb: "rejoin"}, {Node: t.Node.Name(), Verb: "start"}}
}

// inject drops first: what the server says of disks that fail must not get out,
// because a host without power says nothing.
func (f *powerCut) inject(ctx context.Context, n powered, t Target) error {
	s, err := stateOf(ctx, n)
	if err != nil {
		return err
	}
	f.hold(s.Identity)
	if err := n.Isolate(ctx, dropFor(t)); err != nil {
		return fmt.Errorf("drop its traffic: %w", err)
	}
	if !s.Running {
		return nil
	}
	if err := n.CutPower(ctx); err != nil {
		return fmt.Errorf("shut its disks down: %w", err)
	}
	if err := n.Kill(ctx, false); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	return nil
}

func (f *powerCut) verify(ctx context.Context, n powered, t Target) (Evidence, error) {
	s, err := stateOf(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	packets, dropping, err := n.Dropped(ctx)
	if err != nil {
		return Evidence{}, fmt.Errorf("read the drop counter: %w", err)
	}
	disks, err := n.Disks(ctx)
	if err != nil {
		return Evidence{}, fmt.Errorf("look at its disks: %w", err)
	}
	known := f.recall()
	v := outside(ctx, t, known.phase, ErrNoAnswer)
	return Evidence{
		Installed: f.installed(s, dropping, disks, known), Effective: v.sign,
		Detail: fmt.Sprintf("%s, traffic %s, %s; %s", describe(s), dropWord(dropping, packets), diskWords(disks), v.detail),
	}, nil
}

// installed: while held the node is down, cut off, and its disks were left
// unclean; at any other time each of these is one too many.
func (f *powerCut) installed(s State, dropping bool, disks []Disk, known remembered) bool {
	if known.phase != held {
		return dropping || !s.Running && !known.revived || anyShut(disks)
	}
	return f.scar.note(!s.Running && allUnclean(disks)) && !s.Running && dropping
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
func (f *powerCut) revert(ctx context.Context, n powered, _ Target) error {
	dropErr := rejoin(ctx, n)
	killErr := endOnDeadDisks(ctx, n)
	revived, startErr := revive(ctx, n)
	f.release(revived)
	f.scar.heal()
	return errors.Join(dropErr, killErr, startErr)
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
