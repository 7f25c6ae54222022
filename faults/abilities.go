package faults

import (
	"context"
	"time"
)

// The abilities a node may have. A fault names those it needs ([Kind.Needs])
// and harness.Compile refuses what a runtime cannot do.

// Stater tells the state of the node's main process.
type Stater interface {
	State(context.Context) (State, error)
}

// State is what the engine says of a node.
type State struct {
	Running, Paused bool
	ExitCode        int
	// Identity changes with every start (process id and start time).
	Identity string
}

// Killer ends the node at once (SIGKILL).
type Killer interface {
	// Kill ends the main process. Supervised: the node's supervisor may start
	// it again, as after a crash; otherwise it stays down until Start.
	Kill(ctx context.Context, supervised bool) error
}

// Starter starts a node that is down; a running node is left alone.
type Starter interface {
	Start(context.Context) error
}

// Stopper ends the node in order (SIGTERM, then SIGKILL after the grace).
type Stopper interface {
	Stop(ctx context.Context, grace time.Duration) error
}

// Pauser freezes the node: its kernel still completes TCP handshakes, nothing
// answers.
type Pauser interface {
	Pause(context.Context) error
	Resume(context.Context) error
}

// Isolator drops all traffic of the node, both ways, without an answer. A
// drop that is already on is only prolonged.
type Isolator interface {
	// Isolate drops until Rejoin, at the latest until the ttl is over.
	Isolate(ctx context.Context, ttl time.Duration) error
	Rejoin(context.Context) error
	// Dropped counts the packets that met the rule; on tells whether it is
	// in force.
	Dropped(context.Context) (packets uint64, on bool, err error)
}

// Signaller signals single processes of the node.
type Signaller interface {
	// Processes lists those whose command name matches, for instance "qmgr".
	Processes(ctx context.Context, name string) ([]Process, error)
	// Signal sends "KILL", "STOP" or "CONT" to each match and tells how many.
	Signal(ctx context.Context, name, signal string) (int, error)
}

// Process is one process of a node, seen from the engine's host.
type Process struct {
	PID     int
	Started string // start time since boot, in clock ticks (proc(5), field 22)
	State   string // R, S, D, T, Z (proc(5))
	Command string
}
