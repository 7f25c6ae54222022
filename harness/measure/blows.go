package measure

import (
	"slices"
	"time"

	"maildrill/harness/ledger"
)

// blow is what may have taken a service away: a fault, or an action that takes a
// server down. at is when it began to matter.
type blow struct {
	name  string // of its step
	fault *step  // nil: an action
	at    span
}

// downing are the actions after which a server is down, be it for a moment, or may
// be: a certificate that nobody has loaded. Of those, what operators do counts as
// what faults do: an outage is one.
var downing = []string{"stop", "restart", "upgrade", "renew-certificate"}

// blows are all of them that were begun, faults first. An action counts from the
// order, on each of its nodes by itself.
func (s *story) blows() (all []blow) {
	for _, st := range s.steps {
		if onset := st.onset(); onset != nil {
			all = append(all, blow{st.Step, st, *onset})
		}
	}
	for _, d := range s.actions {
		for _, r := range d.rows {
			if slices.Contains(downing, d.Kind) && r.began != nil {
				all = append(all, blow{d.Step, nil, span{low: *r.began, high: *r.began}})
			}
		}
	}
	return all
}

// blamed is the blow that an outage belongs to: the latest that had begun when the
// first probe failed; for an outage that was there before, the first that began
// during it. Nil: there is none.
func blamed(all []blow, first, last ledger.ProbeResult) *blow {
	if b := latest(all, time.Duration(first.End), true); b != nil {
		return b
	}
	return latest(all, time.Duration(last.Scheduled), false)
}

// latest finds the blow that began last (or first) among those begun by then.
func latest(all []blow, by time.Duration, last bool) (found *blow) {
	for i, b := range all {
		if b.at.low > by {
			continue
		}
		if found == nil || last && b.at.low > found.at.low || !last && b.at.low < found.at.low {
			found = &all[i]
		}
	}
	return found
}
