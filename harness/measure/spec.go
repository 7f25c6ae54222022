package measure

import (
	"maildrill/harness/ledger"
	"maildrill/harness/record"
)

// Spec is what was promised before the run began: identity, objectives and
// the rules of measurement. It is the first event of a run, so that the
// verdict needs nothing but the run folder.
type Spec struct {
	Run      record.Run      `json:"run"` // Ended is empty here
	Scenario record.Scenario `json:"scenario"`
	// Audit runs need Evidence; others may have some.
	Audit     bool             `json:"audit,omitempty"`
	Evidence  *record.Evidence `json:"evidence,omitempty"`
	Simulated bool             `json:"simulated"`
	Clock     string           `json:"clock"`
	Probe     Probing          `json:"probe"`
	// Services that are probed, for instance "mx", "mx@mx1", "delivery".
	Services   []string        `json:"services"`
	Objectives []Objective     `json:"objectives"`
	Faults     []PlannedFault  `json:"faults"`
	Actions    []PlannedAction `json:"actions,omitempty"`
	// QueueNodes are the nodes whose queue must be read; BlindQueues those
	// whose queue cannot be (queue: none).
	QueueNodes  []string `json:"queue_nodes"`
	BlindQueues []string `json:"blind_queues,omitempty"`
	Mailboxes   int      `json:"mailboxes"`
	// Volumes are the nodes whose files are looked through for copies that no
	// mailbox shows.
	Volumes []string `json:"volumes,omitempty"`
	// Stores are the nodes whose mailboxes are read: each holds all of them.
	Stores []string `json:"stores,omitempty"`
	// Salt is how many anomalies the instrument was going to plant.
	Salt   int            `json:"salt,omitempty"`
	Rate   float64        `json:"rate"` // messages a second, offered
	Expect *record.Expect `json:"expect,omitempty"`
	Series *Series        `json:"series,omitempty"` // nil: a run by itself
	Timing Timing         `json:"timing,omitzero"`
	// Topology is what a picture of the system needs; no judgement rests on it.
	Topology *record.Topology `json:"topology,omitempty"`
}

// Probing are the rules of the probes.
type Probing struct {
	Interval ledger.Seconds `json:"interval"`
	Timeout  ledger.Seconds `json:"timeout"`
	Stable   ledger.Seconds `json:"stable"`
}

// Objective is one target. Max is in Unit.
type Objective struct {
	Name string  `json:"name"` // "loss", "duplicates", "rto.mx", "rpo", ...
	Max  float64 `json:"max"`
	Unit string  `json:"unit"` // "copies", "%", "s"
}

// PlannedAction is one step of the timeline that an operator would do.
type PlannedAction struct {
	Step    string   `json:"step"`
	Kind    string   `json:"kind"`
	Targets []string `json:"targets"`
	Text    string   `json:"text,omitempty"` // what people are told
}

// PlannedFault is one step of the timeline.
type PlannedFault struct {
	Step      string   `json:"step"`
	Kind      string   `json:"kind"`
	Targets   []string `json:"targets"`
	Momentary bool     `json:"momentary,omitempty"`
	// Hosts are the DNS names of targets that do not begin with their own.
	Hosts map[string]string `json:"hosts,omitempty"`
	// Fronts are the names of a balancer before a target that is the only one behind
	// it: whatever knocks there has to come to the target.
	Fronts map[string][]string `json:"fronts,omitempty"`
}

// History is all that a judge may read.
type History struct {
	Events []ledger.Event
	Ledger ledger.Scanner
}
