package faults

import (
	"context"
	"errors"
	"time"
)

// Fault is one thing that breaks a mail system, aimed and with its parameters
// decoded. None of the methods sleeps or starts a goroutine that outlives the
// call: the timeline owns time. A value remembers what it saw before Inject,
// so it serves one target; its methods are safe for concurrent use.
type Fault interface {
	// Undo gives the inverse as data. It is registered with the keeper and
	// written to the journal before Inject is called.
	Undo(Target) []Undo
	// Inject breaks the target. It may be called again while the fault is
	// held, and may be reverted even if it failed half-way.
	Inject(context.Context, Target) error
	// Verify looks whether the fault is on. It changes nothing. Before Inject
	// and after Revert it must report nothing on.
	Verify(context.Context, Target) (Evidence, error)
	// Revert takes the fault back. It is idempotent.
	Revert(context.Context, Target) error
}

// Cycler is a Fault that goes off and on again while it is held (node.flap):
// the timeline calls Inject and Revert in turn.
type Cycler interface {
	Cycle() (down, up time.Duration, count int)
}

// Repeater is a Fault whose effect a supervisor undoes at once (process.kill):
// the timeline injects again whenever Verify finds it lapsed, while it is held.
type Repeater interface{ Repeat() bool }

// Target is what a fault acts on, with the two views that prove it.
type Target struct {
	Node Node
	// Reach makes one content-checked attempt at the node's own service from
	// the outside, within a time-out of its own: dial and read the greeting.
	// It returns nil if it was greeted. Its error wraps [ErrRefused],
	// [ErrNoAnswer] or [ErrNoGreeting] where the attempt failed in that way;
	// any other error is not taken for the work of a fault. Reach is nil where
	// the node has no service of its own, and then nothing proves an effect.
	Reach func(context.Context) error
	// Bystander is the same for a node that must stay unaffected; nil if the
	// topology has none.
	Bystander func(context.Context) error
	// Hold is how long the timeline means to hold the fault; zero: not known.
	// Rules that expire by themselves are set to outlast it.
	Hold time.Duration
}

// How an attempt from the outside fails. A fault is effective only if the
// attempt fails in the way of that fault.
var (
	// ErrRefused: the connection was answered with a reset. The host lives,
	// nothing listens.
	ErrRefused = errors.New("connection refused")
	// ErrNoAnswer: the connection attempt timed out. Nothing at all came back.
	ErrNoAnswer = errors.New("no answer")
	// ErrNoGreeting: the connection was made, but no greeting came in time.
	// The kernel lives, the server does not speak.
	ErrNoGreeting = errors.New("no greeting")
)

// Node is the running node. Its abilities are found by assertion on the
// interfaces in abilities.go.
type Node interface{ Name() string }

// Undo is one inverse operation as data. Operations of one fault are carried
// out in their order.
type Undo struct {
	Node string
	// Verb is "start", "resume", "rejoin" or "signal".
	Verb string
	// Args of "signal" are "name" (the command name) and "signal" ("CONT").
	Args map[string]string
}

// Evidence is what Verify saw.
type Evidence struct {
	// Installed: the control plane says so (container exited, rule listed).
	Installed bool
	// Effective: a fault-specific look from the outside shows it.
	Effective bool
	// Lapsed: a supervisor has made good what the last Inject did; a [Repeater]
	// is injected again.
	Lapsed bool
	// BystanderHurt: the node that must stay unaffected is affected.
	BystanderHurt bool
	// Counters moved by the system's own traffic meeting the fault, for
	// instance packets dropped. They prove that it was exercised.
	Counters map[string]uint64
	Detail   string
}
