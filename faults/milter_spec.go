package faults

import "time"

// MilterScript is what a filter is made to do: the milter protocol, version 6, as
// Postfix speaks it (MILTER_README).
type MilterScript struct {
	Effect FilterEffect `json:"effect"`
	// Delay is how late each answer of the filter comes.
	Delay time.Duration `json:"delay,omitempty"` // ns
}

// FilterEffect is one way in which a filter fails.
type FilterEffect string

const (
	FilterDown     FilterEffect = "down"       // each connection is reset
	FilterSlow     FilterEffect = "slow"       // answers come late
	FilterAccepts  FilterEffect = "accept-all" // nothing is filtered any more
	FilterRejects  FilterEffect = "reject-all" // every recipient is refused for good
	FilterTempfail FilterEffect = "tempfail"   // every recipient is refused for now
)
