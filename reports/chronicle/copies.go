package chronicle

import "maildrill/harness/record"

// Copies are the points of scatter plots.
type Copies struct {
	Points []Point `json:"points"` // by when they were due
	// Fates counts every copy, drawn or not. The sums are those of the record; see
	// [Fate].
	Fates map[Fate]int `json:"fates"`
	// Limit is the time after which an arrival counts as late, in seconds; 0: the
	// scenario has none.
	Limit float64 `json:"limit,omitempty"`
}

// Point is one copy.
type Point struct {
	Seq   uint32  `json:"seq"`
	Rcpt  uint16  `json:"rcpt,omitempty"`
	Due   float64 `json:"due"` // when it had to be offered, in seconds since the start of the run
	Fate  Fate    `json:"fate"`
	Marks []Mark  `json:"marks,omitempty"`
	// Answer is the time from Due to the end of the last attempt, in seconds: to the
	// reply that accepted or refused it, or to when it was given up. Nil: no attempt
	// is known to have ended.
	Answer *float64 `json:"answer,omitempty"`
	// Arrival is the time from Due to its arrival in a mailbox, between these
	// seconds; nil: it did not arrive, or the store did not say when.
	Arrival *record.Interval `json:"arrival,omitempty"`
}

// ArrivalWidth is how well an arrival is known, in seconds: INTERNALDATE names a
// whole second.
const ArrivalWidth = 1.0

// Fate is what finally became of a copy. Every copy has exactly one. Delivered,
// Late and Duplicated together are what the record counts as delivered.
type Fate string

// Fates.
const (
	Delivered     Fate = "delivered"
	Late          Fate = "late"       // delivered, and found only after two readings had agreed without it
	Duplicated    Fate = "duplicated" // delivered, more than once
	Damaged       Fate = "damaged"
	Quarantined   Fate = "quarantined"
	Notified      Fate = "notified" // bounced: the sender was told
	Deferred      Fate = "deferred" // still in a queue
	Lost          Fate = "lost"
	Unknown       Fate = "unknown"
	RefusedForNow Fate = "rejected_temporary"
	Refused       Fate = "rejected_permanent"
	Indeterminate Fate = "indeterminate"
	NotAttempted  Fate = "not_attempted"
	Unsent        Fate = "unsent" // the driver could not begin it
)

// Fates lists all fates, the worst first.
var Fates = []Fate{Lost, Damaged, Unknown, Duplicated, Late, Notified, Quarantined, Deferred, Indeterminate,
	Refused, RefusedForNow, NotAttempted, Unsent, Delivered}

// Mark is an anomaly of a copy beside its fate: a class of the record's
// problems, such as "misdelivered", "misfiled" or "delivered despite rejection".
type Mark string
