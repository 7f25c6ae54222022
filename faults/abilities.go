package faults

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Ability names one of the interfaces of this file. A fault names those it
// needs ([Kind.Needs]) and planning.Compile refuses what a runtime cannot do.
type Ability string

const (
	CanState    Ability = "state"
	CanKill     Ability = "kill"
	CanStart    Ability = "start"
	CanStop     Ability = "stop"
	CanPause    Ability = "pause"
	CanIsolate  Ability = "isolate"
	CanSignal   Ability = "signal"
	CanCutPower Ability = "cut-power"
	CanVisit    Ability = "visit"
	CanTouch    Ability = "touch"
	CanReplace  Ability = "replace"
	CanMeter    Ability = "meter"
)

// abilities is the interface behind each name.
var abilities = []struct {
	name Ability
	is   reflect.Type
}{
	{CanState, reflect.TypeFor[Stater]()},
	{CanKill, reflect.TypeFor[Killer]()},
	{CanStart, reflect.TypeFor[Starter]()},
	{CanStop, reflect.TypeFor[Stopper]()},
	{CanPause, reflect.TypeFor[Pauser]()},
	{CanIsolate, reflect.TypeFor[Isolator]()},
	{CanSignal, reflect.TypeFor[Signaller]()},
	{CanCutPower, reflect.TypeFor[PowerCutter]()},
	{CanVisit, reflect.TypeFor[Visitor]()},
	{CanTouch, reflect.TypeFor[Toucher]()},
	{CanReplace, reflect.TypeFor[Replacer]()},
	{CanMeter, reflect.TypeFor[PathMeter]()},
}

// Has tells whether the node has the ability. The name of a mechanism is one
// too.
func Has(n any, a Ability) bool {
	if r, ok := n.(Ruler); ok && slices.Contains(r.Mechanisms(), Mechanism(a)) {
		return true
	}
	for _, b := range abilities {
		if b.name == a {
			return n != nil && reflect.TypeOf(n).Implements(b.is)
		}
	}
	return false
}

// needs lists the abilities that the interface N is made of.
func needs[N any]() (list []Ability) {
	for _, b := range abilities {
		if reflect.TypeFor[N]().Implements(b.is) {
			list = append(list, b.name)
		}
	}
	return list
}

// need finds the abilities that a fault uses, together, or says which of them
// the node lacks. also are those that the interface cannot name.
func need[N any](n Node, also ...Ability) (N, error) {
	var missing []Ability
	for _, a := range append(needs[N](), also...) {
		if !Has(n, a) {
			missing = append(missing, a)
		}
	}
	found, ok := n.(N)
	if ok && len(missing) == 0 {
		return found, nil
	}
	return found, fmt.Errorf("the node lacks the abilities %v", missing)
}

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

// Halted is a node that operators may have stopped for good: a fault that is taken
// back leaves it down.
type Halted interface{ IsHalted() bool }

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

// PowerCutter takes the power from the disks of a node. Start gives it back: what
// a journal holds is replayed then.
type PowerCutter interface {
	// CutPower shuts the node's disks down at once: what was not yet written is
	// gone, and nothing is written any more.
	CutPower(context.Context) error
	// Disks tells the state of each disk of the node, as the kernel shows it.
	Disks(context.Context) ([]Disk, error)
}

// Disk is a file system of the node's own on a device of its own.
type Disk struct {
	Volume string
	// Mounted: somebody uses it. Shut: and gets nothing but errors from it.
	Mounted, Shut bool
	// Unclean: it is not mounted, and its journal has to be replayed: it was not
	// left in order.
	Unclean bool
}

// Process is one process of a node, seen from the engine's host.
type Process struct {
	PID     int
	Started string // start time since boot, in clock ticks (proc(5), field 22)
	State   string // R, S, D, T, Z (proc(5))
	Command string
	// FreeFiles is how many more files it can open (RLIMIT_NOFILE of getrlimit(2),
	// less what is open); -1: not known.
	FreeFiles int
}
