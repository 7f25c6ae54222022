package faults

import (
	"context"
	"net/netip"
	"time"
)

// PathMeter measures the path between the node and another by datagrams of its
// own (UDP), each way: what rules on packets do to the path shows there, as the
// two ends see it. The node's end has one of [VisitorPorts].
type PathMeter interface {
	Meter(context.Context, Train) (Journey, error)
}

// Train is what is sent each way: numbered datagrams, one after the other.
type Train struct {
	To       string        `json:"to"`       // the node at the other end
	Here     netip.Addr    `json:"here"`     // the node's own address
	There    netip.Addr    `json:"there"`    // that of the other end
	Port     uint16        `json:"port"`     // at the other end; 0: any
	Count    int           `json:"count"`    // datagrams
	Size     int           `json:"size"`     // bytes of each, the IP header included
	Gap      time.Duration `json:"gap"`      // ns between two
	Patience time.Duration `json:"patience"` // ns to wait for those that are late
}

// Journey is how a train came through.
type Journey struct {
	There Passing `json:"there"` // from the node to the other end
	Back  Passing `json:"back"`
}

// Passing is what one end saw of the datagrams of the other.
type Passing struct {
	Came []Datagram `json:"came,omitempty"` // in the order of their arrival, each copy
	// Broken is how many datagrams that end's kernel has dropped meanwhile for a
	// wrong checksum (UDP InCsumErrors, RFC 1122, section 4.1.3.4).
	Broken int `json:"broken,omitempty"`
}

// Datagram is one that arrived.
type Datagram struct {
	Number int           `json:"number"` // from 0, in the order of sending
	Took   time.Duration `json:"took"`   // ns, one way (RFC 7679)
	At     time.Duration `json:"at"`     // ns since the train set out
}
