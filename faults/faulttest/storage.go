package faulttest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"maildrill/faults"
)

var (
	_ faults.Toucher = (*Node)(nil)
	_ faults.Toucher = numb{}
	_ faults.Toucher = (*interrupted)(nil)
)

// Touch tries a volume on which every rule of the node has its effect.
func (n *Node) Touch(ctx context.Context, t faults.Touch) (faults.Felt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	felt := faults.Felt{Took: time.Microsecond, Down: !n.running}
	if felt.Down {
		return felt, ctx.Err()
	}
	if t.Try == faults.TryRun {
		untouched(t, &felt)
	}
	for _, r := range n.rules {
		if r.void {
			continue
		}
		if err := touched(r.Rule, t, &felt); err != nil {
			return felt, fmt.Errorf("touch %s: %w", t.Volume, err)
		}
	}
	return felt, ctx.Err()
}

// touched is the effect of one rule on an attempt.
func touched(r faults.Rule, t faults.Touch, felt *faults.Felt) error {
	if r.Mechanism == faults.Files && t.Try == faults.TryCompare && t.Rule == r.ID {
		felt.Changed = append(felt.Changed, "a file: content")
	}
	if r.Mechanism == faults.Settings && t.Try == faults.TryRun {
		return looked(r, t, felt)
	}
	if r.Mechanism == faults.Versions && t.Try == faults.TryRun {
		felt.Output = []byte("3.10.5\n")
	}
	if r.Mechanism != faults.Disks {
		return nil
	}
	var spec faults.DiskSpec
	if err := json.Unmarshal(r.Spec, &spec); err != nil || spec.Volume != t.Volume {
		return err
	}
	switch spec.Do {
	case faults.DiskFill:
		if t.Bytes > spec.Free {
			return faults.ErrNoSpace
		}
	case faults.DiskExhaust:
		return faults.ErrNoSpace
	case faults.DiskLock:
		return faults.ErrReadOnly
	case faults.DiskFail:
		return faults.ErrInputOutput
	case faults.DiskSlow:
		felt.Took += time.Duration(spec.Delay)
	case faults.DiskRollBack:
		if t.Try == faults.TryGone && t.Rule == r.ID {
			felt.Changed = append(felt.Changed, "a message")
		}
	case faults.DiskLose:
		felt.Marked = felt.Marked || t.Rule == r.ID
	case faults.DiskUnmount:
		felt.Elsewhere = true
	}
	return nil
}

func (n numb) Touch(ctx context.Context, t faults.Touch) (faults.Felt, error) {
	if r, ok := n.Node.(faults.Toucher); ok {
		return r.Touch(ctx, t)
	}
	return faults.Felt{}, errUnable
}

func (n *interrupted) Touch(ctx context.Context, t faults.Touch) (felt faults.Felt, err error) {
	err = call(n, func(a faults.Toucher) error { felt, err = a.Touch(ctx, t); return err })
	return felt, err
}
