package ledger

import (
	"encoding/json"
	"time"
)

// Event is one line of events.jsonl. Each line carries the SHA-256 of the line
// before it, so that a changed or dropped line shows.
type Event struct {
	N    int             `json:"n"`
	At   Seconds         `json:"at"`
	Kind string          `json:"kind"` // one of the constants below
	Step string          `json:"step,omitempty"`
	Node string          `json:"node,omitempty"`
	Data json.RawMessage `json:"data,omitempty"`
	Prev string          `json:"prev"`
}

// Seconds is a time since the start of the run, written as decimal seconds
// with nanosecond precision.
type Seconds time.Duration

// Kinds of events.
const (
	RunPlanned     = "run.planned"     // Data: measure.Spec
	RunStarted     = "run.started"     // Data: wall clock, environment
	RunEnded       = "run.ended"       // Data: how it ended
	PhaseBegan     = "phase"           // Data: {"phase": "baseline"}
	FaultRefused   = "fault.refused"   // Data: Refusal; nothing was injected
	FaultHeld      = "fault.held"      // the keeper acknowledged the inverse
	FaultPrepared  = "fault.prepared"  // Data: bracket of the work that was done ahead
	FaultControl   = "fault.control"   // Data: evidence before injecting
	FaultInjecting = "fault.injecting" // Data: bracket of the call
	FaultInjected  = "fault.injected"
	FaultProof     = "fault.proof" // Data: evidence while held
	FaultReverting = "fault.reverting"
	FaultReverted  = "fault.reverted"
	FaultClean     = "fault.clean"  // Data: evidence after
	ActionBegan    = "action.began" // Data: Call without an end
	ActionDone     = "action"       // Data: Deed
	Probed         = "probe"        // Data: probe.Result
	EffectSeen     = "effect"       // Data: one reading of the effect probe
	QueueRead      = "queue"        // Data: count, error
	Scanned        = "scan"         // Data: number, mailboxes, messages, errors
	SentinelSeen   = "sentinel"
	GuardTripped   = "guard"
	Aborted        = "abort"
	Gap            = "gap"             // the instrument stalled
	LoadSampled    = "load"            // Data: Load
	TracesNoted    = "traces.noted"    // Data: Traces, of which nodes it is known what was held for them before
	TracesCompared = "traces.compared" // Data: Traces, for which nodes that was compared with what is held after
	Residue        = "residue"         // Data: what was left
	Salted         = "salt"            // Data: how planting anomalies went
	Note           = "note"
)

// EventLog appends events. It is safe for concurrent use.
type EventLog interface {
	Append(at time.Duration, kind, step, node string, data any) error
}
