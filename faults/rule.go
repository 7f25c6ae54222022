package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Mechanism is a way to disturb a node that is held as rules: while a rule
// stands, so does its effect. Each has a type of its own for [Rule.Spec].
type Mechanism string

const (
	Packets    Mechanism = "packets"    // packets are dropped, refused, held up or slowed ([PacketSpec])
	Interfaces Mechanism = "interfaces" // network interfaces are down ([InterfaceSpec])
	Streams    Mechanism = "streams"    // connections pass a proxy that knows no protocol ([StreamSpec])
	Dialogue   Mechanism = "dialogue"   // connections pass a proxy that speaks the protocol ([DialogueSpec])
	Names      Mechanism = "names"      // the drill's name server answers otherwise ([NameSpec])
	Limits     Mechanism = "limits"     // the kernel grants the node's processes less ([LimitSpec])
	Disks      Mechanism = "disks"      // what is under a file system ([DiskSpec])
	Files      Mechanism = "files"      // what is in a file system ([FileSpec])
	Load       Mechanism = "load"       // clients that nobody has asked for ([LoadSpec])
	Settings   Mechanism = "settings"   // a server's own configuration ([SettingSpec])
	Versions   Mechanism = "versions"   // the node is of another image ([VersionSpec])
)

// Ruler is a node that takes rules. Rules of one mechanism compose: the node
// has one desired state and one writer.
type Ruler interface {
	// Mechanisms are those that the node has.
	Mechanisms() []Mechanism
	// Put lets a rule stand; one with the same id is replaced.
	Put(context.Context, Rule) error
	// Take takes a rule away and returns when its effect is over. One that does
	// not stand is left alone.
	Take(ctx context.Context, m Mechanism, id string) error
	// Rules reads back what stands, from whatever carries it out.
	Rules(context.Context, Mechanism) ([]Standing, error)
}

// Rule is one disturbance of one node.
type Rule struct {
	ID        string          `json:"id"`
	Mechanism Mechanism       `json:"mechanism"`
	Spec      json.RawMessage `json:"spec"`
	// TTL is when it ends by itself, whoever is alive then.
	TTL time.Duration `json:"ttl"` // ns
}

// NewRule writes the spec of a rule.
func NewRule(id string, m Mechanism, spec any, ttl time.Duration) (Rule, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return Rule{}, fmt.Errorf("write rule %s: %w", id, err)
	}
	return Rule{ID: id, Mechanism: m, Spec: text, TTL: ttl}, nil
}

// Decode reads the spec of a rule, strictly.
func (r Rule) Decode(into any) error {
	d := json.NewDecoder(bytes.NewReader(r.Spec))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read rule %s of %s: %w", r.ID, r.Mechanism, err)
	}
	return nil
}

// Standing is a rule as it is read back.
type Standing struct {
	ID   string          `json:"id"`
	Spec json.RawMessage `json:"spec"`
	// By names what carries it out where there is more than one way: "netem".
	By   string        `json:"by,omitempty"`
	Left time.Duration `json:"left"` // ns until it ends by itself
	// Counters count what of the system's own met the rule; of mechanisms that
	// see no traffic, what the rule itself has done.
	Counters map[string]uint64 `json:"counters,omitempty"`
	// Looks count the same of the drill's own attempts ([Visit]), and whatever
	// else was only seen: nothing is exercised by it.
	Looks map[string]uint64 `json:"looks,omitempty"`
	// Last is when the system's own traffic last met it; zero: not, or not known.
	Last time.Time `json:"last,omitzero"`
}

// counts tells whether the counters of a rule that stands are moved by the
// system's own traffic alone. Limits are met by visits too; of files, of clients
// that nobody has asked for and of a volume that is put back, a rule counts what
// it does itself.
func (m Mechanism) counts(s Standing) bool {
	switch m {
	case Packets, Streams, Dialogue, Names:
		return true
	case Disks:
		_, gated := s.Counters["accesses"]
		return gated
	}
	return false
}
