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
	// Aims are what it can be aimed at; none: nodes.
	Aims []Aim
	// Momentary faults are over by themselves; they need no `for:`. The
	// parameters may make one that is held all the same: see [Kind.Passes].
	Momentary bool
	// New decodes the parameters and makes the fault. decode fills a struct
	// with yaml tags and refuses unknown keys; it may be called once.
	New func(decode func(any) error) (Fault, error)
}

// Aim is something that a fault can be aimed at.
type Aim string

const (
	AtNode Aim = "node"
	AtLink Aim = "link"
	AtSite Aim = "site" // all nodes of a site, at once
)

// Takes tells whether a fault of this kind can be aimed at such a thing.
func (k Kind) Takes(a Aim) bool {
	return slices.Contains(k.Aims, a) || len(k.Aims) == 0 && a == AtNode
}

// Passes tells whether this fault of the kind is over by itself. A momentary
// kind whose effect is to be repeated (process.kill with again) is held.
func (k Kind) Passes(f Fault) bool {
	r, ok := f.(Repeater)
	return k.Momentary && (!ok || !r.Repeat())
}

// Param describes one parameter of a kind.
type Param struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Doc     string `json:"doc"`
}

// Lookup finds a kind by its id. The error is an [Omission] where there is a
// reason why there is none.
func Lookup(id string) (Kind, error) {
	i := slices.IndexFunc(Catalogue, func(k Kind) bool { return k.ID == id })
	if i >= 0 {
		return Catalogue[i], nil
	}
	for _, o := range LeftOut {
		if slices.Contains(o.IDs, id) {
			return Kind{}, o
		}
	}
	return Kind{}, fmt.Errorf("unknown fault %q", id)
}
