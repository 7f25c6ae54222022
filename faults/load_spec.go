package faults

import "net/netip"

// Manner is what clients do that nobody has asked for.
type Manner string

// The manners.
const (
	Hold  Manner = "hold"  // connect, read the greeting, log in if there is a user, and stay
	Drip  Manner = "drip"  // connect, and send a byte of a command now and then
	Guess Manner = "guess" // try wrong passwords
	Send  Manner = "send"  // send mail
)

// LoadSpec sends clients to the node. They come from another node's network.
type LoadSpec struct {
	Client   string         `json:"client"` // the node that they come from
	To       netip.AddrPort `json:"to"`
	Protocol string         `json:"protocol"` // "smtp" or "imap"
	Manner   Manner         `json:"manner"`
	Sessions int            `json:"sessions"`       // at once
	Rate     float64        `json:"rate,omitempty"` // attempts in a second; zero: as fast as the sessions go
	Most     int            `json:"most,omitempty"` // attempts altogether that reach the server; zero: until the rule ends
	User     string         `json:"user,omitempty"`
	Password string         `json:"password,omitempty"`
	From     string         `json:"from,omitempty"` // envelope sender
	Rcpt     []string       `json:"rcpt,omitempty"` // in turn
	Size     int            `json:"size,omitempty"` // bytes of each body
	// Report makes each message a report of one that failed (RFC 3464).
	Report bool `json:"report,omitempty"`
}

// LoaderPorts is the range of source ports of such clients, first and last. It
// is outside of those that the kernel gives out (ip(7), ip_local_port_range).
var LoaderPorts = [2]uint16{61000, 63999}

// LoadSeen is the id under which the rules of [Load] are followed by what the
// node's own kernel counts: "connections" that are open from [LoaderPorts].
const LoadSeen = "kernel"

// LoadHeader marks mail of [Send]: it is no part of the drill's own, bears no
// token of it and is counted as nothing.
const LoadHeader = "X-Maildrill-Load"
