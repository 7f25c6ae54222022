package faults

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// rollback is storage.rollback: a rule that keeps the state of a volume from
// Prepare on, and one that puts it back.
type rollback struct {
	ruledFault
	volume string
	ahead  time.Duration
}

var _ Preparer = rollback{}

// fromStart is the parameter `to` that means the state before the first message.
const fromStart = "start"

func newRollback(decode func(any) error) (Fault, error) {
	with := struct {
		Volume string `yaml:"volume"`
		To     string `yaml:"to"`
	}{To: fromStart}
	if err := decode(&with); err != nil {
		return nil, err
	}
	var ahead time.Duration
	if with.To != fromStart {
		var err error
		if ahead, err = time.ParseDuration(with.To); err != nil || ahead < time.Second {
			return nil, fmt.Errorf("to is %q; valid: %s, or how long before the fault, 1s and more", with.To, fromStart)
		}
	}
	gone := func(_ *Evidence, f Felt, _ error) bool { return len(f.Changed) > 0 }
	made, err := newOnVolume(with, newDisk("storage.rollback", with.Volume, with, DiskSpec{Do: DiskRollBack}, Touch{Try: TryGone}, gone))
	if err != nil {
		return nil, err
	}
	return rollback{ruledFault: made.(ruledFault), volume: with.Volume, ahead: ahead}, nil
}

func (f rollback) Ahead() time.Duration { return f.ahead }

// Prepare keeps the state. The rule outlasts the way to the fault.
func (f rollback) Prepare(ctx context.Context, t Target) error {
	err := f.save(ctx, t)
	if err != nil {
		err = fmt.Errorf("save a state of %s: %w", t.Node.Name(), err)
	}
	return err
}

func (f rollback) save(ctx context.Context, t Target) error {
	n, err := f.ruler(t.Node)
	if err != nil {
		return err
	}
	v, err := sizedVolume(t, f.volume)
	if err != nil {
		return err
	}
	rule, err := NewRule(f.saved(t), Disks, DiskSpec{Volume: v.Name, Do: DiskSave}, f.ahead+unknownHold)
	if err != nil {
		return err
	}
	return n.Put(ctx, rule)
}

func (f rollback) saved(t Target) string { return SavedFor(f.ruleID(t)) }

// Undo forgets the state too. What was lost stays lost.
func (f rollback) Undo(t Target) []Undo {
	return append(f.ruledFault.Undo(t), Undo{Node: t.Node.Name(), Verb: "take", Args: map[string]string{"mechanism": string(Disks), "id": f.saved(t)}})
}

// Revert lets a rollback that was cut short come to its end, then forgets the
// state.
func (f rollback) Revert(ctx context.Context, t Target) error {
	err := f.ruledFault.Revert(ctx, t)
	n, rulerErr := f.ruler(t.Node)
	if rulerErr == nil {
		rulerErr = n.Take(ctx, Disks, f.saved(t))
	}
	return errors.Join(err, rulerErr)
}
