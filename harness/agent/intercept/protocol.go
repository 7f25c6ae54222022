package intercept

import "maildrill/faults"

// Role is the word by which the binary knows that it is to be the proxy.
const Role = "proxy"

// Verbs of the session between the keeper and the proxy.
const (
	verbPut   = "put"
	verbTake  = "take"
	verbRules = "rules"
)

// putReply tells the port of each destination, as "address:port", and whether
// connections that go past the proxy are to be reset.
type putReply struct {
	Ports map[string]uint16 `json:"ports"`
	Reset bool              `json:"reset,omitempty"`
}

type takeOrder struct {
	Mechanism faults.Mechanism `json:"mechanism"`
	ID        string           `json:"id"`
}

type rulesReply struct {
	Rules []standing `json:"rules"`
}

type standing struct {
	Mechanism faults.Mechanism `json:"mechanism"`
	faults.Standing
}
