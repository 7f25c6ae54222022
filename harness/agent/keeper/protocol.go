package keeper

import (
	"time"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// Config is what the keeper is told at its start.
type Config struct {
	Run   string          `json:"run"`
	Self  string          `json:"self"`  // the keeper's own container
	Lease time.Duration   `json:"lease"` // ns; the most that clearing up may take
	Nodes map[string]Node `json:"nodes"`
}

// Node says which containers make up a node.
type Node struct {
	Container string `json:"container"`
	// Holder owns the network namespace and outlives the container; empty:
	// the container has its own, which dies with it.
	Holder string `json:"holder,omitempty"`
	// Disks are the volumes that are file systems on devices of their own: where
	// the node mounts each, by name.
	Disks map[string]string `json:"disks,omitempty"`
	// Files are those that the container was given before its start.
	Files []string `json:"files,omitempty"`
}

// Leaving marks the name of a keeper that is clearing up: its maildrill is gone.
const Leaving = "-leaving"

// Verbs of the session.
const (
	verbHello     = "hello"
	verbHold      = "hold"
	verbRelease   = "release"
	verbFurnish   = "furnish"
	verbState     = "state"
	verbKill      = "kill"
	verbStart     = "start"
	verbStop      = "stop"
	verbPause     = "pause"
	verbResume    = "resume"
	verbIsolate   = "isolate"
	verbRejoin    = "rejoin"
	verbDropped   = "dropped"
	verbProcesses = "processes"
	verbSignal    = "signal"
	verbUsage     = "usage"
	verbAttach    = "attach"
	verbCutPower  = "cut-power"
	verbDisks     = "disks"
	verbPut       = "put"
	verbTake      = "take"
	verbRules     = "rules"
	verbVisit     = "visit"
	verbTouch     = "touch"
	verbMeter     = "meter"
	verbSnapshot  = "snapshot"
	verbTry       = "try"
)

// Hello is what a keeper that works says of its surroundings.
type Hello struct {
	Engine   string `json:"engine"`   // version of the engine behind its socket
	EngineID string `json:"engineId"` // must be the engine that maildrill speaks to
	HostPID  bool   `json:"hostPid"`  // it has the process id that the engine knows
}

// order is what a verb acts on; each verb reads the fields it needs.
type order struct {
	Node       string        `json:"node,omitempty"`
	Supervised bool          `json:"supervised,omitempty"` // kill
	Grace      time.Duration `json:"grace,omitempty"`      // stop, ns
	TTL        time.Duration `json:"ttl,omitempty"`        // isolate, ns
	Name       string        `json:"name,omitempty"`       // processes, signal
	Signal     string        `json:"signal,omitempty"`     // signal
	Resolver   string        `json:"resolver,omitempty"`   // furnish: the text of resolv.conf(5)
	Rule       faults.Rule   `json:"rule,omitzero"`        // put, take, rules: by mechanism and id
	Visit      faults.Visit  `json:"visit,omitzero"`       // visit
	Touch      faults.Touch  `json:"touch,omitzero"`       // touch
	Train      faults.Train  `json:"train,omitzero"`       // meter
}

type holdOrder struct {
	ID    string          `json:"id"`
	Steps []topology.Undo `json:"steps,omitempty"`
}

type droppedReply struct {
	Packets uint64 `json:"packets"`
	On      bool   `json:"on"`
}

// attachReply gives the device of each disk, by volume.
type attachReply struct {
	Devices map[string]string `json:"devices"`
}

type disksReply struct {
	Disks []faults.Disk `json:"disks"`
}

type processesReply struct {
	Processes []faults.Process `json:"processes"`
}

type rulesReply struct {
	Rules []faults.Standing `json:"rules"`
}

type visitReply struct {
	Sight   faults.Sight `json:"sight"`
	Failure string       `json:"failure,omitempty"`
	Text    string       `json:"text,omitempty"`
}
