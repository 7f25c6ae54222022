package faults

import (
	"net/netip"
	"slices"
	"time"
)

// PacketSpec is a rule on the packets of a node's network namespace. Loopback
// is never touched. What is empty does not narrow the rule.
type PacketSpec struct {
	Peers     []netip.Addr `json:"peers,omitempty"`     // the other end
	Ports     []uint16     `json:"ports,omitempty"`     // of TCP or UDP, at either end
	Protocol  string       `json:"protocol,omitempty"`  // "tcp" or "udp"
	Direction string       `json:"direction,omitempty"` // "to" the peers, "from" them
	Family    string       `json:"family,omitempty"`    // "ipv4" or "ipv6"
	Flows     string       `json:"flows,omitempty"`     // "new" or "existing" connections
	// Action is "drop", "reset" for TCP segments, which are answered with a
	// reset, or one of [Treatments]; each for those that Share, Longer and Beyond
	// leave over.
	Action string `json:"action"`
	Share  uint32 `json:"share,omitempty"`  // of a million packets, at random
	Longer uint32 `json:"longer,omitempty"` // than so many bytes, the IP header included
	Beyond uint32 `json:"beyond,omitempty"` // so many connections at the same time
	// Delay and Jitter are of "delay": each packet waits for a time from
	// Delay-Jitter to Delay+Jitter. Rate is of "rate", each way.
	Delay  time.Duration `json:"delay,omitempty"`  // ns
	Jitter time.Duration `json:"jitter,omitempty"` // ns
	Rate   uint64        `json:"rate,omitempty"`   // bit/s, the IP headers included
}

// Actions after which a packet still arrives: later, when the line is free,
// with a bit turned, or twice.
const (
	DelayPackets     = "delay"
	RatePackets      = "rate"
	CorruptPackets   = "corrupt"
	DuplicatePackets = "duplicate"
)

// Treatments are these actions.
var Treatments = []string{DelayPackets, RatePackets, CorruptPackets, DuplicatePackets}

// Treats tells whether packets that meet the rule are treated, and not ended.
func (s PacketSpec) Treats() bool { return slices.Contains(Treatments, s.Action) }

// Counters of a rule on packets, in [Standing.Counters] of the system's own and
// in [Standing.Looks] of visits.
const (
	PacketsMet     = "packets" // that the action was taken on
	PacketsPassing = "passing" // that the rule had to decide on; with Share only
	// PassingOfSystem is among the looks: to be decided on is not to be met.
	PassingOfSystem = "passing of the system"
	// PacketsTreated and PacketsOverflown are among the looks, of everybody's
	// packets: what the treatment was given to, and what a full line has dropped.
	PacketsTreated   = "treated"
	PacketsOverflown = "overflown"
)
