package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
)

// limitable is what a limit needs of a node: rules, and to be started again if
// it dies of them.
type limitable interface {
	Ruler
	Stater
	Starter
}

// limited is a fault that lowers one limit of the kernel's. It is effective when
// the limit was met: a counter of the kernel's moved. Without a fault, a limit that is as low already, or one
// that is not what it was before, is one too many.
type limited struct {
	*ruled
	spec  LimitSpec
	meets string // the counter that must move
	mu    sync.Mutex
	was   int64 // what the kernel had before; zero: not known
}

// newLimited makes one. The share is used where the limit is zero.
func newLimited(kind string, params any, spec LimitSpec, meets string) (Fault, error) {
	f := &limited{spec: spec, meets: meets}
	place := func(t Target) ([]placed, error) { return []placed{{t.Node, spec}}, nil }
	r := &ruled{mechanism: Limits, place: place, sees: f.sees}
	if spec.Resource == Memory {
		r.measures = memoryMeasured
	}
	made, err := newRuled(kind, params, r)
	if err != nil {
		return nil, err
	}
	f.ruled = made.(ruledFault).ruled
	return aimed[limitable]{work: f, kind: kind, also: []Ability{Ability(Limits)}}, nil
}

// Undo takes the rule away, then starts a node that died of it.
func (f *limited) Undo(t Target) []Undo {
	return append(f.ruled.Undo(t), Undo{Node: t.Node.Name(), Verb: "start"})
}

func (f *limited) inject(ctx context.Context, n limitable, t Target) error {
	if f.recall().phase != held {
		if _, err := f.kernel(ctx, n, true); err != nil {
			return err
		}
	}
	return f.ruled.inject(ctx, n, t)
}

// kernel reads the limit that is in force; zero where that is not known.
func (f *limited) kernel(ctx context.Context, n Ruler, note bool) (int64, error) {
	now, err := kernelLimit(ctx, n, f.spec.Resource)
	if err == nil && note {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.was = now
	}
	return now, err
}

func kernelLimit(ctx context.Context, n Ruler, r Resource) (int64, error) {
	all, err := n.Rules(ctx, Limits)
	if err != nil {
		return 0, fmt.Errorf("read its limits: %w", err)
	}
	for _, s := range all {
		var spec LimitSpec
		if s.ID == KernelLimit && json.Unmarshal(s.Spec, &spec) == nil && spec.Resource == r {
			return spec.Limit, nil
		}
	}
	return 0, nil
}

func (f *limited) verify(ctx context.Context, n limitable, t Target) (Evidence, error) {
	e, err := f.ruled.verify(ctx, n, t)
	if err == nil && f.recall().phase == held {
		e.Effective = e.Counters[f.meets] > 0
	}
	return e, err
}

// sees tells what the kernel has, and how the service fares.
func (f *limited) sees(ctx context.Context, t Target, p phase) (Evidence, error) {
	n, err := f.ruler(t.Node)
	if err != nil {
		return Evidence{}, err
	}
	now, err := f.kernel(ctx, n, false)
	if err != nil {
		return Evidence{}, err
	}
	f.mu.Lock()
	was := f.was
	f.mu.Unlock()
	e := Evidence{Detail: fmt.Sprintf("the kernel grants %s %s", limitWords(now), f.spec.Resource)}
	if p == held {
		e.Detail += "; " + exercise(ctx, t)
		return e, nil
	}
	known := now > 0
	e.Effective = known && (p == over && was > 0 && now != was || p == idle && f.spec.Limit > 0 && now <= f.spec.Limit)
	return e, nil
}

// together is how many look at once: servers that keep one process for the next
// client have to start others.
const together = 4

// exercise looks at the service, so that a limit is met that no mail has met
// yet.
func exercise(ctx context.Context, t Target) string {
	if t.Reach == nil {
		return "no service of its own to look at from the outside"
	}
	var failed atomic.Int32
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			if t.Reach(ctx) != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	return fmt.Sprintf("of %d looks from the outside at once %d were not greeted", together, failed.Load())
}

func limitWords(n int64) string {
	switch {
	case n == 0:
		return "an unknown amount of"
	case n > 1<<50:
		return "any amount of"
	}
	return strconv.FormatInt(n, 10)
}

func (f *limited) revert(ctx context.Context, n limitable, t Target) error {
	known := f.recall().phase
	err := f.ruled.revert(ctx, n, t)
	if known == idle {
		return err
	}
	_, startErr := revive(ctx, n)
	return errors.Join(err, startErr)
}

// portion reads a share of what is in use.
func portion(text string) (float64, error) {
	of, err := share(text)
	if err == nil && !(of >= 0.01 && of <= 10) { // not a number is refused too
		err = fmt.Errorf("%q is not between 1%% and 1000%%", text)
	}
	return of, err
}
