package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Replacer throws a node away and makes it anew from the same plan.
type Replacer interface {
	// Replace ends the node at once, removes it, and makes and starts another in
	// its place, with its volumes or with new and empty ones. It may be called
	// when there is none. It returns when the new one was started.
	Replace(ctx context.Context, keepVolumes bool) error
	// Made tells which making of the node there is; empty: none.
	Made(context.Context) (string, error)
}

// replaceable is what node.replace needs of a node.
type replaceable interface {
	Stater
	Starter
	Replacer
}

// replace is node.replace.
type replace struct {
	memory
	keep bool
	mu   sync.Mutex
	made string // before the fault
}

func newReplace(decode func(any) error) (Fault, error) {
	with := struct {
		KeepVolumes bool `yaml:"keep-volumes"`
	}{KeepVolumes: true}
	if err := decode(&with); err != nil {
		return nil, err
	}
	f := &replace{keep: with.KeepVolumes}
	return replacing{aimed[replaceable]{work: f, kind: "node.replace"}, with.KeepVolumes}, nil
}

// replacing is a replace that looks at what it is aimed at.
type replacing struct {
	aimed[replaceable]
	keep bool
}

// Check implements [Particular].
func (f replacing) Check(t Target) error {
	if !f.keep && hasDisks(t) {
		return errors.New("a volume with a size is a disk, which outlives its server: keep-volumes must be true")
	}
	return nil
}

// Undo starts the node. One that was removed and not yet made again cannot be
// made by anybody but the runtime: its run is over then.
func (f *replace) Undo(t Target) []Undo { return []Undo{{Node: t.Node.Name(), Verb: "start"}} }

func (f *replace) inject(ctx context.Context, n replaceable, _ Target) error {
	s, err := stateOf(ctx, n)
	if err != nil && f.recall().phase != held {
		return err
	}
	made, err := n.Made(ctx)
	if err != nil {
		return fmt.Errorf("tell which making it is: %w", err)
	}
	if f.recall().phase == held && made != f.before() {
		if made != "" {
			return nil // it was replaced already
		}
	} else {
		f.note(made)
	}
	f.hold(s.Identity)
	return n.Replace(ctx, f.keep)
}

func (f *replace) note(made string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made = made
}

func (f *replace) before() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.made
}

// verify: while held the node must be another, and greet. At any other time
// there must be one.
func (f *replace) verify(ctx context.Context, n replaceable, t Target) (Evidence, error) {
	made, err := n.Made(ctx)
	if err != nil {
		return Evidence{}, fmt.Errorf("tell which making it is: %w", err)
	}
	known := f.recall()
	if known.phase != held {
		return Evidence{Installed: made == "", Detail: "made as " + made}, nil
	}
	s, err := stateOf(ctx, n)
	if err != nil {
		return Evidence{}, err
	}
	v := outside(ctx, t, known.phase)
	before := f.before()
	e := Evidence{
		Installed: made != "" && before != "" && made != before,
		Detail:    fmt.Sprintf("made as %s, before as %s, %s; %s", made, before, describe(s), v.detail),
	}
	e.Effective = e.Installed && s.Running && s.Identity != known.before && t.Reach != nil && t.Reach(ctx) == nil
	return e, nil
}

// revert makes sure that there is a node, and that it runs.
func (f *replace) revert(ctx context.Context, n replaceable, _ Target) error {
	made, err := n.Made(ctx)
	if err == nil && made == "" {
		err = n.Replace(ctx, true)
	}
	revived, startErr := revive(ctx, n)
	f.release(revived)
	return errors.Join(err, startErr)
}
