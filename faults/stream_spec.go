package faults

import (
	"net/netip"
	"time"
)

// StreamSpec lets connections of the node to some addresses pass a proxy that
// knows no protocol, through toxics (Toxiproxy's word for what disturbs a
// stream). Each is off while its value is zero.
type StreamSpec struct {
	To []netip.AddrPort `json:"to"`
	// Reset is that of [DialogueSpec].
	Reset bool `json:"reset,omitempty"`
	// Toxic names what is done to the streams.
	Toxic Toxic `json:"toxic"`
	// After is when a reset or a stall begins; Delay is the latency of each way,
	// the pause between two slices, or how late a connection is closed.
	After time.Duration `json:"after,omitempty"` // ns
	Delay time.Duration `json:"delay,omitempty"` // ns
	// Bytes is the size of a slice, or what passes each way before the cut.
	Bytes int64 `json:"bytes,omitempty"`
}

// Toxic is one way to disturb a stream.
type Toxic string

const (
	ToxicReset     Toxic = "reset"      // both ends see a reset, After the first data
	ToxicCut       Toxic = "cut"        // both ends see a reset once Bytes have passed
	ToxicStall     Toxic = "stall"      // After the beginning nothing passes; the connection stays
	ToxicSlice     Toxic = "slice"      // data come in pieces of Bytes, Delay apart
	ToxicSlowClose Toxic = "slow-close" // the end of a connection comes Delay late
	ToxicSlow      Toxic = "slow"       // data come Delay late, both ways
)
