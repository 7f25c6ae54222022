package faults

import (
	"fmt"
	"slices"
)

// Kind is one row of the catalogue.
type Kind struct {
	ID        string // "node.crash"
	Title     string
	StandsFor string // what happens in real life
	Mechanism string // how it is made
	Proof     string // how it is proven on, and off
	Undo      string // what undoes it, in words
	Params    []Param
	Needs     []Ability
	// Momentary faults are over by themselves; they need no `for:`. The
	// parameters may make one that is held all the same: see [Kind.Passes].
	Momentary bool
	// New decodes the parameters and makes the fault. decode fills a struct
	// with yaml tags and refuses unknown keys; it may be called once.
	New func(decode func(any) error) (Fault, error)
}

// Passes tells whether this fault of the kind is over by itself. A momentary
// kind whose effect is to be repeated (process.kill with again) is held.
func (k Kind) Passes(f Fault) bool {
	r, ok := f.(Repeater)
	return k.Momentary && (!ok || !r.Repeat())
}

// Param describes one parameter of a kind.
type Param struct{ Name, Type, Default, Doc string }

// Lookup finds a kind by its id.
func Lookup(id string) (Kind, error) {
	i := slices.IndexFunc(Catalogue, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, fmt.Errorf("unknown fault %q", id)
	}
	return Catalogue[i], nil
}
