package faults

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Fault is one thing that breaks a mail system, aimed and with its parameters
// decoded. None of the methods sleeps or starts a goroutine that outlives the
// call: the timeline owns time. A value remembers what it saw before Inject,
// so it serves one target; its methods are safe for concurrent use.
type Fault interface {
	// Undo gives the inverse as data. It is registered with the keeper and
	// written to the journal before Inject is called.
	Undo(Target) []Undo
	// Inject breaks the target. It may be called again while the fault is
	// held, and may be reverted even if it failed half-way.
	Inject(context.Context, Target) error
	// Verify looks whether the fault is on. It changes nothing. Before Inject
	// and after Revert it must report nothing on.
	Verify(context.Context, Target) (Evidence, error)
	// Revert takes the fault back. It is idempotent.
	Revert(context.Context, Target) error
}

// Cycler is a Fault that goes off and on again while it is held (node.flap):
// the timeline calls Inject and Revert in turn.
type Cycler interface {
	Cycle() (down, up time.Duration, count int)
}

// Repeater is a Fault whose effect a supervisor undoes at once (process.kill):
// the timeline injects again whenever Verify finds it lapsed, while it is held.
type Repeater interface{ Repeat() bool }

// Target is what a fault acts on, with the two views that prove it.
type Target struct {
	Node Node
	// Reach makes one content-checked attempt at the node's own service from
	// the outside, within a time-out of its own: dial and read the greeting.
	// It returns nil if it was greeted. Its error wraps [ErrRefused],
	// [ErrNoAnswer] or [ErrNoGreeting] where the attempt failed in that way;
	// any other error is not taken for the work of a fault. Reach is nil where
	// the node has no service of its own, and then nothing proves an effect.
	Reach func(context.Context) error
	// Bystander is the same for a node that must stay unaffected; nil if the
	// topology has none.
	Bystander func(context.Context) error
	// Hold is how long the timeline means to hold the fault; zero: not known.
	// Rules that expire by themselves are set to outlast it.
	Hold time.Duration
	// Link is what the fault is aimed at if that is a link; Node is then its
	// client's end.
	Link *Link
	// Peers are all nodes of the topology, the target itself included.
	Peers []Peer
	// Domain is the mail domain of the drill.
	Domain string
	// IPv6 tells whether the nodes have addresses of that family too.
	IPv6 bool
	// Accounts are the users whose mailboxes the drill fills.
	Accounts []Account
	// Zones are what the drill's name server answers for.
	Zones []Zone
}

// Account is a mailbox with its user.
type Account struct{ Address, User, Password string }

// Zone is one zone of the drill's name server.
type Zone struct {
	Name    string // "drill.test"
	Records []Record
}

// Record is one record of a zone. Of Value and Node one is set: Node stands for
// the addresses of a node.
type Record struct {
	Name        string // relative to the zone; "@" is the zone itself
	Type        string // "MX"
	TTL         time.Duration
	Value, Node string
}

// Peer finds a node of the topology by name.
func (t Target) Peer(name string) (Peer, bool) {
	for _, p := range t.Peers {
		if p.Name == name {
			return p, true
		}
	}
	return Peer{}, false
}

// Link is a path that traffic takes from the target to a service of a peer.
type Link struct {
	Name    string
	To      Peer
	Service string // "smtp"
	Port    int
}

// Peer is a node as the others know it. Before the drill runs, Node and
// Addresses are not known.
type Peer struct {
	Name, Host, Site string
	Server           string // "postfix"
	Roles            []string
	Node             Node
	Addresses        []netip.Addr // IPv4 first
	Services         map[string]int
	Volumes          []Volume
}

// Volume is a piece of a node's state. One with a size is a file system on a
// device of its own.
type Volume struct {
	Name, Path string
	Type       string // "ext4" or "xfs"
	Size       int64  // bytes
}

// Named is a Fault whose parameters name nodes, which must exist.
type Named interface{ Names() []string }

// Particular is a Fault that fits some targets only. Check says what is wrong
// with this one; the nodes do not run yet.
type Particular interface{ Check(Target) error }

// How an attempt from the outside fails. A fault is effective only if the
// attempt fails in the way of that fault.
var (
	// ErrRefused: the connection was answered with a reset. The host lives,
	// nothing listens.
	ErrRefused = errors.New("connection refused")
	// ErrNoAnswer: the connection attempt timed out. Nothing at all came back.
	ErrNoAnswer = errors.New("no answer")
	// ErrNoGreeting: the connection was made, but no greeting came in time.
	// The kernel lives, the server does not speak.
	ErrNoGreeting = errors.New("no greeting")
)

// Node is the running node. Its abilities are found by assertion on the
// interfaces in abilities.go.
type Node interface{ Name() string }

// Undo is one inverse operation as data. Operations of one fault are carried
// out in their order.
type Undo struct {
	Node string
	// Verb is "start", "resume", "rejoin", "signal" or "take".
	Verb string
	// Args of "signal" are "name" (the command name) and "signal" ("CONT"), of
	// "take" the "mechanism" and the "id" of a rule.
	Args map[string]string
}

// Evidence is what Verify saw.
type Evidence struct {
	// Installed: the control plane says so (container exited, rule listed).
	Installed bool
	// Effective: a fault-specific look from the outside shows it.
	Effective bool
	// Lapsed: a supervisor has made good what the last Inject did; a [Repeater]
	// is injected again.
	Lapsed bool
	// BystanderHurt: the node that must stay unaffected is affected.
	BystanderHurt bool
	// Counters of the fault, for instance packets dropped.
	Counters map[string]uint64
	// Counts tells that they are moved by the system's own traffic meeting the
	// fault and by nothing else. They say whether it was exercised: none that
	// moved, or none at all, means that it was not.
	Counts bool
	// Partial: only some of what was put is there.
	Partial bool
	// By names what carries the fault out where there is more than one way.
	By string
	// Measured compares what was asked for with what is seen.
	Measured []Measured
	Detail   string
}

// Measured is one quantity of a fault.
type Measured struct {
	What  string  `json:"what"` // "delay"
	Unit  string  `json:"unit"` // "s", "B/s", "share"
	Asked float64 `json:"asked"`
	Seen  float64 `json:"seen"`
	// Within tells whether what is seen is as near as the kind promises.
	Within bool `json:"within"`
}
