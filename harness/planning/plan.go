package planning

import (
	"slices"
	"time"

	"maildrill/faults"
	"maildrill/harness/action"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// Plan is a scenario with every name resolved and every default filled in.
type Plan struct {
	Scenario scenarios.Scenario
	Source   []byte // the replay file: the scenario as run
	Topology topology.Topology
	Steps    []Step
	Guards   []Condition
	Services []Service
	Apart    []string // steps that must not meet, where nobody knows before whether they would
}

// Step is one entry of the timeline, ready to be played.
type Step struct {
	ID     string
	At     time.Duration // since the end of the baseline; used when After and When are empty
	After  []string
	When   *Condition
	For    time.Duration
	Action string // "flush"; empty for a fault
	On     []string
	// Targets are what On stands for, of a fault; of an action, the nodes whose
	// life it changes.
	Targets []Aimed
	Kind    faults.Kind
	Effect  string // what a parameter of the fault chooses: "slow", a path, peers; "" where there is no choice
	// Make gives a fresh fault for one target; parameters are checked already.
	Make func() (faults.Fault, error)

	Deed    action.Action // of an action
	Timeout time.Duration // of an action, over all of its nodes
	Until   *Condition    // that an action waits for; nil: none
}

// IsFault tells a fault from an action.
func (s Step) IsFault() bool { return s.Action == "" }

// Service is something that is probed: at the whole system, or at one node.
type Service struct {
	Name string // "mx", "submission", "delivery", "imap"
	Node string // empty: as a client of the whole system
}

// Key is the name in the record: "mx" or "mx@mx1".
func (s Service) Key() string {
	if s.Node == "" {
		return s.Name
	}
	return s.Name + "@" + s.Node
}

// Faulted lists the nodes that any step acts on.
func (p *Plan) Faulted() []string {
	return p.targets(func(a Aimed) []string { return []string{a.Node} })
}

// Needs are the abilities that the timeline's faults are made with.
func (p *Plan) Needs() (all []string) {
	for _, s := range p.Steps {
		for _, a := range s.Kind.Needs {
			if !slices.Contains(all, string(a)) {
				all = append(all, string(a))
			}
		}
	}
	return all
}

// Touched lists those and the other ends of their links.
func (p *Plan) Touched() []string {
	return p.targets(func(a Aimed) []string {
		if a.Link == nil {
			return []string{a.Node}
		}
		return []string{a.Node, a.Link.To}
	})
}

func (p *Plan) targets(names func(Aimed) []string) []string {
	var nodes []string
	for _, s := range p.Steps {
		for _, a := range s.Targets {
			for _, n := range names(a) {
				if !slices.Contains(nodes, n) {
					nodes = append(nodes, n)
				}
			}
		}
	}
	return nodes
}

// Reads tells whether a guard or a step waits for the metric.
func (p *Plan) Reads(metric string) bool {
	for _, g := range p.Guards {
		if g.Metric == metric {
			return true
		}
	}
	for _, s := range p.Steps {
		for _, c := range []*Condition{s.When, s.Until} {
			if c != nil && c.Metric == metric {
				return true
			}
		}
	}
	return false
}

// Worst is the longest that the run can take, set-up and tear-down aside.
func (p *Plan) Worst() time.Duration {
	ph := p.Scenario.Phases
	total := time.Duration(ph.Baseline + ph.Observe + ph.Drain)
	for _, s := range p.Steps {
		total += s.At + s.For + s.Timeout + p.longestWait(s)
	}
	return total
}

// longestWait is how long a condition on a cycle alone can be waited for: the
// cycle comes round.
func (p *Plan) longestWait(s Step) time.Duration {
	for name, c := range p.Scenario.Cycles {
		if s.When != nil && s.When.Metric == CycleMetric(name) {
			return time.Duration(c.Every + c.Offset)
		}
	}
	return 0
}

// Spared are the accounts of the workload that no step is aimed at by name: a mailbox
// that gets a flood may be full, and one that is guessed at locked.
func (p *Plan) Spared() []topology.Account {
	var aimed []string
	for _, s := range p.Scenario.Timeline {
		for _, key := range []string{"to", "user", "account"} {
			aimed = append(aimed, s.With.Texts(key)...)
		}
	}
	all := p.WorkloadAccounts()
	left := slices.DeleteFunc(slices.Clone(all), func(a topology.Account) bool {
		return slices.Contains(aimed, a.Address) || slices.Contains(aimed, a.User)
	})
	if len(left) == 0 {
		return all
	}
	return left
}

// WorkloadAccounts are those that the workload delivers to.
func (p *Plan) WorkloadAccounts() []topology.Account {
	return p.Topology.Accounts[:p.Scenario.Workload.Mailboxes]
}

// ProbeAccount gets the canaries.
func (p *Plan) ProbeAccount() topology.Account {
	return p.Topology.Accounts[len(p.Topology.Accounts)-1] // where accounts puts it
}
