package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"maildrill/harness/topology"
)

// Risk is what a finding may come to.
type Risk string

// The risks, the worst first.
const (
	Loss     Risk = "loss"     // accepted mail is gone
	Bounce   Risk = "bounce"   // good mail is sent back
	Exposure Risk = "exposure" // somebody can do what he should not
	Outage   Risk = "outage"   // a service is gone for as long as one thing is
	Delay    Risk = "delay"    // mail waits longer than it has to
	Blind    Risk = "blind"    // nobody would be told, or nobody could look
)

var risks = []Risk{Loss, Bounce, Exposure, Outage, Delay, Blind}

// Risks lists them, the worst first.
func Risks() []Risk { return slices.Clone(risks) }

// AsBadAs tells whether a risk is another one, or a worse one.
func (r Risk) AsBadAs(other Risk) bool { return slices.Index(risks, r) <= slices.Index(risks, other) }

// Finding is one thing that was found.
type Finding struct {
	ID     string `json:"id"` // of the rule: "queue-on-no-volume"
	Risk   Risk   `json:"risk"`
	Node   string `json:"node,omitempty"`  // "": it is about the whole
	Where  string `json:"where,omitempty"` // file and line, where there is one
	What   string `json:"what"`
	Why    string `json:"why"`
	Remedy string `json:"remedy"`
	Drill  string `json:"drill,omitempty"` // of the library, which shows it
}

// Subject is what is looked at.
type Subject struct {
	Topology topology.Topology
	// Files are those of each node's servers, by node and absolute path.
	Files map[string]map[string][]byte
	// Unknown says of nodes why their configuration is not known.
	Unknown map[string]string
	Now     time.Time
	// RTO is how soon mail is wanted back after a failure; 0: nobody has said.
	RTO time.Duration
}

// hit is one place where a rule applies.
type hit struct{ node, where, what string }

// Rule is one thing that is looked for.
type Rule struct {
	ID     string
	Risk   Risk
	Why    string
	Remedy string
	Drill  string
	look   func(system) []hit
}

// Rules are all that is looked for.
var Rules = slices.Concat(stateRules, structureRules, deliveryRules, securityRules, watchRules)

// Inspect applies every rule. The findings are in the order of their risk, then
// of the rules, then of the topology's nodes.
func Inspect(s Subject) []Finding {
	view := see(s)
	var found []Finding
	for _, r := range Rules {
		for _, h := range r.look(view) {
			found = append(found, Finding{ID: r.ID, Risk: r.Risk, Node: h.node, Where: h.where, What: h.what, Why: r.Why, Remedy: r.Remedy, Drill: r.Drill})
		}
	}
	found = append(found, view.unseen...)
	order := func(f Finding) int {
		return slices.IndexFunc(s.Topology.Nodes, func(n topology.Node) bool { return n.Name == f.Node })
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(risks, a.Risk), slices.Index(risks, b.Risk)), cmp.Compare(rank(a), rank(b)), cmp.Compare(order(a), order(b)))
	})
	return found
}

// rank is the place of a finding's rule in the table.
func rank(f Finding) int {
	return slices.IndexFunc(Rules, func(r Rule) bool { return r.ID == f.ID })
}

// at is the place of a line.
func at(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}
