package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// sizedVolume finds the volume that a fault acts on: the one with the name, or
// the only one with a size.
func sizedVolume(t Target, name string) (Volume, error) {
	p, ok := t.Peer(t.Node.Name())
	if !ok {
		return Volume{}, fmt.Errorf("nothing is known of the volumes of %s", t.Node.Name())
	}
	var sized []Volume
	for _, v := range p.Volumes {
		if v.Size > 0 && (name == "" || v.Name == name) {
			sized = append(sized, v)
		}
	}
	switch {
	case len(sized) == 1:
		return sized[0], nil
	case len(sized) > 1:
		return Volume{}, fmt.Errorf("%s has several volumes with a size: name one in `volume`", p.Name)
	case name != "":
		return Volume{}, fmt.Errorf("%s has no volume %q with a size: only a volume with a `size` is a file system of its own, and only that is ever touched", p.Name, name)
	}
	return Volume{}, fmt.Errorf("%s has no volume with a size: give one a `size`, and it is a file system of its own; nothing else is ever touched", p.Name)
}

// onVolume is a fault that is one rule for one volume of the target.
type onVolume struct {
	kind      string
	mechanism Mechanism
	volume    string // as in the parameters
	// spec is the rule, once the volume is known.
	spec func(Volume) any
	// try is the attempt that shows the effect, given the rule's id.
	try func(v Volume, rule string) Touch
	// shows tells whether it does.
	shows func(*Evidence, Felt, error) bool
	fits  func(Volume) error // nil: every volume
}

// newOnVolume makes the fault.
func newOnVolume(params any, o onVolume) (Fault, error) {
	r := &ruled{mechanism: o.mechanism}
	find := func(t Target) (Volume, error) {
		v, err := sizedVolume(t, o.volume)
		if err == nil && o.fits != nil {
			err = o.fits(v)
		}
		return v, err
	}
	r.place = func(t Target) ([]placed, error) {
		v, err := find(t)
		if err != nil {
			return nil, err
		}
		return []placed{{t.Node, o.spec(v)}}, nil
	}
	r.sees = func(ctx context.Context, t Target, _ phase) (Evidence, error) {
		v, err := find(t)
		if err != nil {
			return Evidence{}, err
		}
		return o.looks(ctx, t, o.try(v, r.ruleID(t)))
	}
	r.check = func(t Target) error { _, err := find(t); return err }
	return newRuled(o.kind, params, r)
}

// looks makes the attempt. How it fails is what is looked for; what fails in no
// known way is an error of the look.
func (o onVolume) looks(ctx context.Context, t Target, try Touch) (e Evidence, err error) {
	felt, err := touch(ctx, t.Node, try)
	known := slices.ContainsFunc([]error{ErrNoSpace, ErrReadOnly, ErrInputOutput}, func(sign error) bool { return errors.Is(err, sign) })
	switch {
	case err != nil && !known:
		return e, err
	case felt.Down:
		e.Detail = "the node is down, so its volumes show nothing"
		return e, nil
	}
	e.Detail = "as its servers find it: " + feltWords(felt, err)
	e.Effective = o.shows(&e, felt, err)
	return e, nil
}

// feltWords says what an attempt found.
func feltWords(f Felt, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case f.Elsewhere:
		return "what is at its path is not on its disk"
	case f.Marked:
		return "another file system is in its place"
	case len(f.Changed) > 0:
		return fmt.Sprintf("%d files differ from what they were: %v", len(f.Changed), firstFew(f.Changed))
	}
	return fmt.Sprintf("the attempt went well, in %v", f.Took)
}

// firstFew are as many names as a line of evidence holds.
func firstFew(names []string) []string { return names[:min(len(names), 8)] }
