package action

import (
	"context"
	"slices"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// Kind is one row of the table.
type Kind struct {
	ID     string // "restart"
	Title  string
	Does   string // how it is done, and when it is over
	Aim    Aim
	Params []faults.Param
	Needs  []faults.Ability
	// Life: it changes whether the node runs, or what it is made of. No fault that
	// does the same may be on meanwhile.
	Life bool
	// New decodes the parameters. decode fills a struct with yaml tags and refuses
	// unknown keys; it may be called once.
	New func(decode func(any) error) (Action, error)
}

// Aim is what a kind is aimed at.
type Aim string

const (
	AtNodes   Aim = "nodes" // one or more
	AtNode    Aim = "one node"
	AtNothing Aim = "nothing" // the drill as a whole
	AtAny     Aim = "nodes, or nothing"
)

// Takes tells whether it can be aimed at so many nodes.
func (a Aim) Takes(nodes int) bool {
	switch a {
	case AtNodes:
		return nodes > 0
	case AtNode:
		return nodes == 1
	case AtNothing:
		return nodes == 0
	}
	return true
}

// Abilities that actions need beside those of package faults.
const (
	CanScript  faults.Ability = "script"  // [topology.Scripter]
	CanUpgrade faults.Ability = "upgrade" // [topology.Upgrader]
)

// Action is one deed with its parameters. It has no state.
type Action interface {
	// Do carries it out on a node (empty: on nothing) and returns when it is over,
	// or when the context is. What it got hold of by then is in the outcome, also
	// if there is an error.
	Do(ctx context.Context, s Site, node string) (Outcome, error)
}

// Outcome is what is known of a deed beside its error.
type Outcome struct {
	Output string // what was printed: the end of it, see [Tail]
	Acknowledgement
}

// Acknowledgement is a person's word that a manual step is done.
type Acknowledgement struct {
	By   string // who
	Via  string // "terminal" or "ack"
	Note string
}

// Speaker is an Action that has a text for people.
type Speaker interface{ Text() string }

// Teller is an Action that says in a few words what operators do to nodes.
type Teller interface{ Tells(nodes string) string }

// Waiter is an Action that waits for a condition on live values.
type Waiter interface{ Until() string }

// Imager is an Action that has a node made of an image, which must be there
// before the drill.
type Imager interface{ Image() string }

// Needer is an Action that needs more than others of its kind.
type Needer interface{ Needs() []faults.Ability }

// Particular is an Action that fits some topologies and nodes only. Check says
// what is wrong; nothing runs yet.
type Particular interface {
	Check(t topology.Topology, on []string) []Misfit
}

// Misfit is one thing that is wrong with an action.
type Misfit struct {
	Key   string // of the step: "on", "with"
	What  string
	Wrong string   // a name that is not known
	Valid []string // those that are
}

// Site is the running system, with what a run knows of it.
type Site interface {
	// Instance finds a node.
	Instance(name string) (topology.Instance, bool)
	// Ready returns when the node answers as its health demands, by real dialogue.
	Ready(ctx context.Context, node string) error
	// Lead has the drill's name server lead all names of one node to another.
	Lead(ctx context.Context, from, to string) (names []string, err error)
	// Await returns when the condition of the action holds.
	Await(ctx context.Context) error
	// Ask shows people what to do, and returns when one of them has done it.
	Ask(ctx context.Context, text string) (Acknowledgement, error)
	// Tell shows people a text.
	Tell(text string)
}

// Lookup finds a kind.
func Lookup(id string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// IDs lists the kinds.
func IDs() (ids []string) {
	for _, k := range Kinds {
		ids = append(ids, k.ID)
	}
	return ids
}
