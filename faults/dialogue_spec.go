package faults

import (
	"encoding/json"
	"net/netip"
)

// DialogueSpec lets connections of the node to some addresses pass a proxy that
// speaks their protocol, and follows a script.
type DialogueSpec struct {
	To       []netip.AddrPort `json:"to"`
	Protocol string           `json:"protocol"` // "smtp", "lmtp", "imap", "pop3", "ldap", "milter"
	Script   json.RawMessage  `json:"script"`   // of the protocol's own type
	// Reset ends connections that exist when the rule is put, where the node next
	// sends data on them; otherwise they are left alone.
	Reset bool `json:"reset,omitempty"`
}
