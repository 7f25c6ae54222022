package harness

import (
	"context"
	"time"

	"maildrill/harness/action"
	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/harness/workload"
)

// Config is what a run needs beside its plan.
type Config struct {
	Runtime topology.Runtime
	Folder  Folder
	Seed    int64
	Trial   int
	Trials  int
	Series  *measure.Series // nil: a run by itself
	Tool    record.Tool
	// Register is the place that the run has taken in a run register. Nil: none.
	Register *record.Register
	// Keep leaves the system running after the drill; the record says dirty
	// only if a fault could not be reverted.
	Keep bool
	// Lease is how long faults may outlive maildrill itself. 0: 5 s.
	Lease time.Duration
	// Observe is told of every event as it is written. Nil is allowed. It must
	// return quickly and must not call back.
	Observe func(ledger.Event)
	// Status is told about four times a second how the run stands. Nil is
	// allowed.
	Status func(Status)
	// Ask shows a manual step to whoever sits at the terminal of the run, and
	// returns when they acknowledge it; false: the context ended, or nobody sits
	// there. Nil: nobody does. An acknowledgement by [Folder.Acknowledge] counts in
	// any case.
	Ask func(ctx context.Context, step, text string) (action.Acknowledgement, bool)
	// Tell shows an announcement. Nil is allowed.
	Tell func(step, text string)
	// Progress is told of long work in plain words. Nil is allowed.
	Progress func(string)
}

// Status is a live view of a run.
type Status struct {
	At       time.Duration
	Phase    string
	Until    time.Duration // when the phase ends, 0: not known
	Mail     workload.Counters
	Services map[string]bool // last answer of each probe
	Queue    int
	Faults   []FaultStatus
	Actions  []ActionStatus // those that are going on
}

// ActionStatus is an action that is going on.
type ActionStatus struct {
	Step, Kind, Node string
	Text             string // what people are told
}

// FaultStatus is where a step stands.
type FaultStatus struct {
	Step, Kind string
	State      string // planned, injecting, held, reverting, clean, dirty
	Installed  bool
	Effective  bool
	Counted    uint64
}

// defaultLease is how long faults may outlive maildrill unless told otherwise.
const defaultLease = 5 * time.Second
