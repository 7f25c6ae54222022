package record

// Times are what was measured beside the recovery of each service. Every part
// is nil or empty where there were no data; Notes say why.
type Times struct {
	Latency []Latency `json:"latency,omitempty"`
	Backlog *Backlog  `json:"backlog,omitempty"`
	Impact  []Impact  `json:"impact,omitempty"`
	Late    *Late     `json:"late,omitempty"`
	Views   []View    `json:"views,omitempty"`
	Notes   []string  `json:"notes,omitempty"`
}

// FaultClock are the stations of one step that the fault itself does not
// show. Every interval brackets the moment over all targets.
type FaultClock struct {
	Planned *float64 `json:"planned"` // when it had to begin; nil: not written down
	// Phases tells how far each declared cycle was at Planned, from 0 to 1.
	Phases    map[string]float64 `json:"phases,omitempty"`
	Installed *Interval          `json:"installed"`
	Exercised *Interval          `json:"exercised"` // first met: by a counter of the fault, or by mail
	// Clearing is when the revert was called, Cleared when it returned.
	Clearing       *Interval `json:"clearing"`
	Cleared        *Interval `json:"cleared"`
	ResidueChecked *Interval `json:"residue_checked"` // the last look, that found nothing
	// Widths of the brackets of effective and healed: what every recovery time
	// is unsure by.
	EffectiveWidth *float64 `json:"effective_width"`
	HealedWidth    *float64 `json:"healed_width"`
}

// Detection tells who noticed a fault, in seconds since it became effective.
// What is nil gave no signal; Blind says which signals nobody watched.
type Detection struct {
	Probe    *Signal  `json:"probe"`    // the first probe of ours that failed
	Health   *Signal  `json:"health"`   // the system's own health check
	Failover *Signal  `json:"failover"` // mail accepted where none was before
	Alert    *Signal  `json:"alert"`    // an alert was received
	Blind    []string `json:"blind,omitempty"`
	// Resolved is when the alert was taken back.
	Resolved *Interval `json:"resolved,omitempty"`
	// Silent: nothing and nobody noticed.
	Silent bool `json:"silent"`
}

// Signal is when something noticed, and what.
type Signal struct {
	After Interval `json:"after"`
	What  string   `json:"what"`
}

// Losses are the lost copies of one step by when they were accepted. Only
// those from before count for the RPO.
type Losses struct {
	Before Loss `json:"before"`
	During Loss `json:"during"`
	After  Loss `json:"after"`
}

// Loss is how much is gone.
type Loss struct {
	Copies int   `json:"copies"`
	Bytes  int64 `json:"bytes"` // as offered; 0 where sizes were not written down
	// WorstMailbox is the mailbox that lost most, and how many.
	WorstMailbox string `json:"worst_mailbox,omitempty"`
	WorstCopies  int    `json:"worst_copies,omitempty"`
}

// Latency is the time from when a copy should have been offered to the reply
// that accepted it, in seconds, by the intended time. A percentile is nil
// where there are too few samples to name one.
type Latency struct {
	Phase string   `json:"phase"` // "before", "during" or "after" the faults
	Count int64    `json:"count"`
	P50   *float64 `json:"p50"`
	P90   *float64 `json:"p90"`
	P99   *float64 `json:"p99"`
	Max   float64  `json:"max"`
}

// Backlog are the copies that were accepted and on their way.
type Backlog struct {
	Base    int     `json:"base"`     // copies, as many as in the baseline
	BaseAge float64 `json:"base_age"` // seconds, of the oldest
	Peak    int     `json:"peak"`
	PeakAge float64 `json:"peak_age"`
	// Drain is the time from the stable recovery until backlog and age were back
	// at their base.
	Drain *Interval `json:"drain"`
	// Flushed: an operator made a server try its whole queue, so that Drain is
	// not the system's own. Tuned: retry timers were shortened, so that it does
	// not carry over.
	Flushed bool `json:"flushed,omitempty"`
	Tuned   bool `json:"tuned,omitempty"`
}

// Impact is what the outages of one class of service cost its users.
type Impact struct {
	Class       string   `json:"class"` // "sending", "receiving" or "access"
	Services    []string `json:"services"`
	Users       int      `json:"users"`
	Outage      Interval `json:"outage"`       // seconds in all
	UserMinutes Interval `json:"user_minutes"` // users times minutes
}

// Late counts delivered copies by the time they took, from when they should
// have been offered to when the store has them.
type Late struct {
	Limit     float64  `json:"limit,omitempty"` // seconds; 0: none was declared
	Delivered int      `json:"delivered"`       // copies whose arrival is known
	Copies    Interval `json:"copies"`          // later than the limit
	Max       Interval `json:"max"`             // the latest of all
	P50       *float64 `json:"p50"`
	P99       *float64 `json:"p99"`
}

// View is the mail as one kind of sender sees it: "direct" is refused when the
// system is gone, "via_relay" has a server that tries again.
type View struct {
	Name          string   `json:"name"`
	Accepted      int      `json:"accepted"`
	Rejected      int      `json:"rejected"`
	Indeterminate int      `json:"indeterminate"`
	NotAttempted  int      `json:"not_attempted"`
	Lost          int      `json:"lost"`
	Late          Interval `json:"late"`
}
