package control

import (
	"time"

	"maildrill/harness/ledger"
)

// Ask is a fault that somebody wants.
type Ask struct {
	Fault string        `json:"fault"` // id of its kind: "net.loss"
	On    string        `json:"on"`    // a node, a link or a site
	Set   []string      `json:"set,omitempty"`
	For   time.Duration `json:"for,omitempty"` // nanoseconds; 0: until it is taken back
}

// Fault is one fault and how it stands.
type Fault struct {
	ID    string    `json:"id"` // "net.loss-1"
	Kind  string    `json:"kind"`
	On    string    `json:"on"`
	Set   []string  `json:"set,omitempty"`
	State string    `json:"state"` // beginning, held, reverting, clean, dirty
	Since time.Time `json:"since"` // wall clock, when it was asked for
	// Left is how long it is still held, in seconds; nil when it is over.
	Left    *float64 `json:"left_seconds,omitempty"`
	Targets []Target `json:"targets"`
	Error   string   `json:"error,omitempty"` // why it is dirty, or was not proven
}

// Target is a fault on one node or link.
type Target struct {
	Name  string `json:"name"`
	State string `json:"state"` // as of harness.FaultStatus, and "resting" between two cycles
	// Installed and Effective are what the last looks saw, while it is held.
	Installed bool `json:"installed"`
	Effective bool `json:"effective"`
	// Exercised are the counters of what met it.
	Exercised map[string]uint64 `json:"exercised,omitempty"`
	By        string            `json:"by,omitempty"`
	Partial   bool              `json:"partial,omitempty"`
	Measured  []ledger.Measured `json:"measured,omitempty"`
	Detail    string            `json:"detail,omitempty"`
	// Bystander is the node that must stay unaffected; empty: none was left.
	Bystander string `json:"bystander,omitempty"`
	// BystanderHurt: that node, or another that the fault is not about, was seen to
	// suffer while the fault was held.
	BystanderHurt bool `json:"bystander_hurt,omitempty"`
	// Times in seconds: from the call to the end of the first look that saw it
	// in effect, from the call of the revert to the end of the first that saw
	// nothing, and since the last look. Nil: not yet.
	EffectiveAfter *float64 `json:"effective_after_seconds,omitempty"`
	CleanAfter     *float64 `json:"clean_after_seconds,omitempty"`
	LookedAgo      *float64 `json:"looked_ago_seconds,omitempty"`
}

// Bites tells whether the fault is on now, on all of its targets.
func (f Fault) Bites() bool {
	for _, t := range f.Targets {
		if !t.Installed || !t.Effective {
			return false
		}
	}
	return len(f.Targets) > 0
}

// Reversion asks for faults to be taken back.
type Reversion struct {
	ID  string `json:"id,omitempty"`
	All bool   `json:"all,omitempty"`
}

// Reverted is what became of them.
type Reverted struct {
	Faults []Fault `json:"faults"`
	// Already lists those of them that were gone before.
	Already []string `json:"already,omitempty"`
}

// Status is a topology that is up, the faults on it, and who holds it.
type Status struct {
	Run      string  `json:"run"`
	Topology string  `json:"topology"`
	Runtime  string  `json:"runtime"`
	Holder   Holder  `json:"holder"`
	Nodes    []Node  `json:"nodes"`
	Faults   []Fault `json:"faults"` // those that are not gone
}

// Holder is the process that the topology hangs on.
type Holder struct {
	PID   int       `json:"pid"`
	User  string    `json:"user"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	// Lease is how long the topology may outlive it, in seconds.
	Lease float64 `json:"lease_seconds"`
}

// Node is one node and how it does.
type Node struct {
	Name   string `json:"name"`
	Host   string `json:"host"`
	Server string `json:"server"`
	State  string `json:"state"`  // "running", "paused", "exited 137", "unknown: ..."
	Health string `json:"health"` // "answers", what a client sees instead, or "" where there is no service
}

// Refusal is why something was not done, or did not come out as asked for.
type Refusal struct {
	Class Class  `json:"class"`
	Why   string `json:"why"`
	Hint  string `json:"hint,omitempty"`
}

func (r *Refusal) Error() string { return r.Why }

// Class says what kind of refusal it is.
type Class string

const (
	Usage    Class = "usage"    // the asker can put it right
	Lacking  Class = "lacking"  // neither runtime nor host can do that
	Unproven Class = "unproven" // it was not seen in effect, and was taken back
	Stopped  Class = "stopped"  // somebody took it back before it was proven
	Dirty    Class = "dirty"    // it could not be proven gone
	Broken   Class = "broken"   // a defect of the instrument
)

// Line is one line of an answer. An answer has any number with Say, the first
// with the ID of the fault once there is one, and ends with one of the others.
type Line struct {
	ID       string    `json:"id,omitempty"`
	Say      string    `json:"say,omitempty"`
	Fault    *Fault    `json:"fault,omitempty"`
	Reverted *Reverted `json:"reverted,omitempty"`
	Refusal  *Refusal  `json:"refusal,omitempty"`
}
