package chronicle

import "maildrill/harness/record"

// Chronicle is what a run looks like over time. Times are seconds since the start
// of the run.
type Chronicle struct {
	End float64 `json:"end"` // nothing is known of later

	// Lanes are the services, and each service at a node, those first for which a
	// recovery time is asked.
	Lanes   []Lane    `json:"lanes"`
	Effects []Effect  `json:"effects"` // one a target of each fault, in the order of the record
	Stalls  []Stretch `json:"stalls"`  // in which the instrument stood still

	Copies Copies `json:"copies"`
	// Accept is the time from when copies were due to the reply that accepted them,
	// Arrive to when the store had them: a second names an arrival, and this is its
	// end, so that a copy may have arrived up to [ArrivalWidth] earlier. Both are by
	// when copies were due.
	Accept []Quantile `json:"accept"`
	Arrive []Quantile `json:"arrive"`
	Rates  []Rate     `json:"rates"`
	Depths []Depth    `json:"depths"` // by name of the node

	Problems Problems `json:"problems"`
	Events   []Moment `json:"events"`
	// EventsLeftOut is how many events are not in Events, because there are too many.
	EventsLeftOut int `json:"events_left_out,omitempty"`

	Thinned string   `json:"thinned,omitempty"` // how points were thinned; empty: all are there
	Torn    string   `json:"torn,omitempty"`    // where the history is cut short; empty: it is whole
	Doubts  []string `json:"doubts,omitempty"`  // where record and history do not agree
}

// Stretch is from one moment to another.
type Stretch struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// State is what was seen of a service, or of the effect of a fault.
type State string

// States. NoData is what nobody looked at, or could not see.
const (
	NoData   State = "no data"
	Unsure   State = "unsure"   // two looks differ: it changed in between
	Up       State = "up"       // of a service
	Unsteady State = "unsteady" // up, and not yet back for good by the rules of the record
	Down     State = "down"
	On       State = "on" // of an effect
	Partial  State = "partial"
	Off      State = "off"
)

// Lane is one service over the whole run: its cells follow each other from 0 to
// the end.
type Lane struct {
	Service string `json:"service"` // "mx", or "mx@mx1" at a node
	Probes  int    `json:"probes"`
	Failed  int    `json:"failed"`
	Cells   []Cell `json:"cells"`
}

// Cell is a stretch in which a state does not change.
type Cell struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	State State   `json:"state"`
}

// Effect is a fault at one of its targets: what was commanded beside what was
// seen.
type Effect struct {
	Step string `json:"step"`
	Kind string `json:"kind"`
	Node string `json:"node"`
	// Commanded is from each call to inject it to the call to revert it, or to the
	// end where none was made.
	Commanded []Stretch `json:"commanded"`
	// Seen are cells of On, Partial, Off, Unsure and NoData from 0 to the end.
	Seen []Cell `json:"seen"`
	// Fault is the row of the record for the whole step, over all targets; nil:
	// the record does not know the step.
	Fault *record.Fault `json:"-"`
}

// Quantile is a distribution of times of the copies due in one bin, in seconds.
// A percentile is nil where there are too few copies to name one: 10 for P50, 20
// for P95.
type Quantile struct {
	From  float64  `json:"from"`
	To    float64  `json:"to"`
	Count int      `json:"count"`
	P50   *float64 `json:"p50"`
	P95   *float64 `json:"p95"`
	Max   float64  `json:"max"`
}

// Rate counts copies of one bin. Offered are those due in it, the answers are
// those that came in it, Delivered are those that arrived in it.
type Rate struct {
	From          float64 `json:"from"`
	To            float64 `json:"to"`
	Offered       int     `json:"offered"`
	Accepted      int     `json:"accepted"`
	Refused       int     `json:"refused"`
	Indeterminate int     `json:"indeterminate"`
	NotAttempted  int     `json:"not_attempted"`
	Delivered     int     `json:"delivered"`
}

// Depth is the queue of one node over time. Between two readings nothing is
// known: it is drawn in steps.
type Depth struct {
	Node     string    `json:"node"`
	Readings []Reading `json:"readings"`
}

// Reading is one reading of a queue. With an Error nothing was read: a gap.
type Reading struct {
	At    float64 `json:"at"`
	Count int     `json:"count"`
	Ours  int     `json:"ours"` // copies of this run
	Error string  `json:"error,omitempty"`
}
