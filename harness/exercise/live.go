package exercise

import "time"

// Live is how the drill below a running exercise does at this moment. It is read
// from the run folder and kept nowhere: what counts is in the drill's record.
type Live struct {
	At    time.Time `json:"at"`
	Phase string    `json:"phase,omitempty"`
	// Lanes are the services, each with its last cells, oldest first.
	Lanes    []Lane   `json:"lanes"`
	Counters Counters `json:"counters"`
	Windows  []Window `json:"windows"`
	// Targets are the recovery times asked for, by service, in seconds.
	Targets map[string]float64 `json:"targets"`
}

// Lane is one service over time: each cell is a second, up, degraded, down or none.
type Lane struct {
	Service string    `json:"service"`
	From    time.Time `json:"from"`
	Cells   []string  `json:"cells"`
	// DownSince is when the outage that goes on began; nil: there is none.
	DownSince *time.Time `json:"down_since,omitempty"`
}

// Counters are what the sender has counted so far.
type Counters struct {
	Offered  int `json:"offered"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	Queued   int `json:"queued"`
}

// Window is a fault in time, with what is proven of it.
type Window struct {
	Step  string     `json:"step"`
	Kind  string     `json:"kind"`
	On    []string   `json:"on,omitempty"`
	From  *time.Time `json:"from,omitempty"`
	Until *time.Time `json:"until,omitempty"`
	Proof string     `json:"proof"` // waiting, installed, effective, reverted, clean, refused
}
