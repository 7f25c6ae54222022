package faults

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Visitor makes attempts from within a node's own network, as its servers
// would: what a link or a name server does to this node alone shows here.
type Visitor interface {
	// Visit makes one attempt. Its error wraps [ErrRefused], [ErrNoAnswer],
	// [ErrNoGreeting], [ErrReset] or [ErrUnreachable] where the attempt failed in
	// that way. The sight holds what was seen until then.
	Visit(context.Context, Visit) (Sight, error)
}

// Visit is one attempt at an address.
type Visit struct {
	Network string         `json:"network"` // "tcp" or "udp"
	To      netip.AddrPort `json:"to"`
	// Greeting is what the first bytes must be; empty: none is waited for.
	Greeting string `json:"greeting,omitempty"`
	// Say is sent after the line of the greeting; Hear is how many bytes are read
	// then.
	Say  []byte `json:"say,omitempty"`
	Hear int    `json:"hear,omitempty"`
	// Secure asks for a TLS handshake after what was said, in place of hearing.
	Secure  *Handshake    `json:"secure,omitempty"`
	Timeout time.Duration `json:"timeout"` // ns, of the whole attempt
}

// Handshake is an attempt at TLS, whatever certificate is shown.
type Handshake struct {
	// Agreed is how the line begins that lets it begin; empty: nothing is waited
	// for (RFC 8314). Refused are how those begin that do not.
	Agreed  string   `json:"agreed,omitempty"`
	Refused []string `json:"refused,omitempty"`
}

// Sight is what an attempt saw. Times are since its beginning.
type Sight struct {
	Connected time.Duration `json:"connected"` // ns
	Greeted   time.Duration `json:"greeted"`   // ns
	Heard     time.Duration `json:"heard"`     // ns, when the last byte came
	Bytes     []byte        `json:"bytes,omitempty"`
	// Certificate is the server's own, in DER.
	Certificate []byte `json:"certificate,omitempty"`
}

// VisitorPorts is the range of source ports from which visits are made, first
// and last: rules and proxies can tell them from the system's own traffic.
var VisitorPorts = [2]uint16{64000, 64999}

var (
	// ErrReset: the connection was made and then reset.
	ErrReset = errors.New("connection reset")
	// ErrUnreachable: the kernel knows no way there.
	ErrUnreachable = errors.New("unreachable")
	// ErrNoHandshake: the server lives and speaks, and does not come to TLS.
	ErrNoHandshake = errors.New("no TLS handshake")
)

// visitTimeout bounds one look from within.
const visitTimeout = time.Second
