package scenarios

import "time"

// APIVersion is the only version of the schema.
const APIVersion = "maildrill/v1"

// Scenario is one drill, as written.
type Scenario struct {
	APIVersion string      `yaml:"apiVersion"`
	Kind       string      `yaml:"kind"` // Scenario
	Metadata   Metadata    `yaml:"metadata"`
	Topology   TopologyRef `yaml:"topology"`
	Clock      string      `yaml:"clock"` // drill (default) or production
	Workload   Workload    `yaml:"workload"`
	Phases     Phases      `yaml:"phases"`
	Probes     Probes      `yaml:"probes"`
	Users      int         `yaml:"users"` // behind the mailboxes; 0: one each
	Alerts     *Alerts     `yaml:"alerts"`

	Cycles     map[string]Cycle `yaml:"cycles"`
	Timeline   []Step           `yaml:"timeline"`
	Objectives Objectives       `yaml:"objectives"`
	Guards     []string         `yaml:"guards"` // "lost > 100"
	Trials     Trials           `yaml:"trials"`
	Expect     *Expect          `yaml:"expect"`

	Audit    bool      `yaml:"audit"`    // evidence for an audit: people have to fill what it needs
	Evidence *Evidence `yaml:"evidence"` // what only people know
}

// Metadata names a document and says which requirements it answers.
type Metadata struct {
	Name        string   `yaml:"name"`
	Title       string   `yaml:"title"`
	Story       string   `yaml:"story"`
	Look        string   `yaml:"look"` // what to look at in the result
	Twin        string   `yaml:"twin"` // its sibling, which ends otherwise
	Tags        []string `yaml:"tags"`
	Causes      []string `yaml:"causes"`
	Mitigations []string `yaml:"mitigations"`
	Controls    []string `yaml:"controls"`
}

// TopologyRef is a library name or a path, alone or with what the scenario
// changes in it, or a topology written out in place.
type TopologyRef struct {
	Name   string
	With   map[string]Value // of its parameters
	Set    map[string]Value // by path
	Inline *Topology
	// Compose is set where the topology is made of a Compose project; see [FromCompose].
	Compose *ComposeUse
}

// ComposeUse is a reference to a Compose project.
type ComposeUse struct {
	Compose  string              `yaml:"compose"`       // its file
	Profiles []string            `yaml:"profiles"`      // that are active
	Domain   string              `yaml:"domain"`        // mail domain that the drill fills
	Roles    map[string][]string `yaml:"roles"`         // of services that nothing tells
	Accounts map[string]string   `yaml:"accounts"`      // scripts that make the drill's accounts, by service
	Clone    bool                `yaml:"clone_volumes"` // volumes begin with a copy of what the project's own hold
	Set      map[string]Value    `yaml:"set"`           // what is different in the topology, by path
}

// FromCompose makes the file of a topology of a Compose project. Package compose does,
// which knows the format; whoever reads scenarios sets it. nil: none can be made.
var FromCompose func(file string, use ComposeUse) ([]byte, error)

// TopologyUse is a reference as it is written when it changes something.
type TopologyUse struct {
	Use  string           `yaml:"use"`
	With map[string]Value `yaml:"with"`
	Set  map[string]Value `yaml:"set"`
}

// Workload is the mail that flows during the drill. Arrivals are open-loop:
// the schedule does not wait for the system.
type Workload struct {
	Rate       Rate   `yaml:"rate"`       // messages per second, "20/s"
	Arrivals   string `yaml:"arrivals"`   // poisson (default) or even
	Mailboxes  int    `yaml:"mailboxes"`  // how many accounts
	Recipients int    `yaml:"recipients"` // per message, 1 by default
	Sizes      []Size `yaml:"sizes"`
	Entry      string `yaml:"entry"`    // mx, submission or relay
	TLS        string `yaml:"tls"`      // none (default), opportunistic or required
	Messages   int    `yaml:"messages"` // how many in all; 0: until the drill ends
	Sessions   int    `yaml:"sessions"` // connections at the same time, at most
	// PerConnection is how many messages one connection takes, at most.
	PerConnection int `yaml:"per_connection"`

	Views  []string `yaml:"views"`  // direct, via_relay; with entry mx
	Stored *Stored  `yaml:"stored"` // mail that is there already; nil: none

	// idle: the file says 0/s, which is not the same as saying nothing.
	idle bool
}

// Stored is mail that is in its mailboxes before the baseline, in accounts that
// the rest of the workload does not write to, and what is done to it meanwhile.
type Stored struct {
	Messages   int   `yaml:"messages"`   // in each account, 40 by default
	Accounts   int   `yaml:"accounts"`   // 1 by default
	Operations *Rate `yaml:"operations"` // over all accounts, "2/s" by default; "0/s": none
}

// Phases are the stretches before and after the timeline.
type Phases struct {
	Baseline Duration `yaml:"baseline"`
	Observe  Duration `yaml:"observe"`
	Drain    Duration `yaml:"drain"` // longest wait for queues to empty
}

// Probes override the rules of measurement.
type Probes struct {
	Interval Duration `yaml:"interval"` // 250ms
	Timeout  Duration `yaml:"timeout"`  // 1s, per host
	Stable   Duration `yaml:"stable"`   // 10s under the drill clock, 60s under production
}

// Step is one entry of the timeline: a fault, or an action on the system.
type Step struct {
	ID     string     `yaml:"id"`
	At     *Duration  `yaml:"at"`    // since the end of the baseline
	After  StringList `yaml:"after"` // ids of steps that must be over
	When   string     `yaml:"when"`  // "accepted >= 500"
	Fault  string     `yaml:"fault"`
	Action string     `yaml:"action"` // "flush"
	On     StringList `yaml:"on"`     // names of nodes (or links, where the fault takes one)
	For    *Duration  `yaml:"for"`    // of a fault
	With   Params     `yaml:"with"`   // parameters of the fault, or of the action

	Timeout *Duration `yaml:"timeout"` // of an action
}

// Objectives are what must hold. Nil means: not asked for.
type Objectives struct {
	Loss         *Limit              `yaml:"loss"`
	Duplicates   *Limit              `yaml:"duplicates"`
	Damaged      *Limit              `yaml:"damaged"`
	Misdelivered *Limit              `yaml:"misdelivered"`
	Notified     *Limit              `yaml:"notified"`
	Stored       *Limit              `yaml:"stored"`   // content, flags, folders, subscriptions
	Identity     *Limit              `yaml:"identity"` // UIDs, UIDNEXT, mod-sequences, removals
	Renewed      *Limit              `yaml:"renewed"`  // folders under a new UIDVALIDITY
	RTO          map[string]Duration `yaml:"rto"`      // by service: submission, mx, delivery, imap
	RPO          *TimeLimit          `yaml:"rpo"`

	LossDuring *Limit      `yaml:"loss_during"`
	Capacity   *TimeLimit  `yaml:"capacity"`
	Detect     *Detect     `yaml:"detect"`
	Security   *Limit      `yaml:"security"` // asks for it, too
	Drain      *Drain      `yaml:"drain"`
	Late       *Late       `yaml:"late"`
	Unfiltered *Unfiltered `yaml:"unfiltered"`

	Backscatter *Limit `yaml:"backscatter"`
}

// Limit bounds a number of copies, or their share of the accepted ones.
type Limit struct {
	Max Amount `yaml:"max"`
}

// TimeLimit bounds a time.
type TimeLimit struct {
	Max Duration `yaml:"max"`
}

// Trials is how often the drill is repeated, and when that ends: declared
// before the first trial, so that no result can decide how many there are.
type Trials struct {
	N      int    `yaml:"n"`
	Stop   string `yaml:"stop"`   // first_fail or none (default)
	Reruns int    `yaml:"reruns"` // of inconclusive trials, in all
}

// Ends of a series of trials. Stopping at the first trial that passes is not
// among them: that would be retrying until it is green.
const (
	StopFirstFail = "first_fail"
	StopNone      = "none"
)

// MostTrials bounds a series.
const MostTrials = 1000

// Expect is the ending that a suite demands of the scenario.
type Expect struct {
	Verdict    string   `yaml:"verdict"`
	Objectives []string `yaml:"objectives"` // those that are missed
	Reason     string   `yaml:"reason"`     // why, in words
}

// Duration is a time.Duration that must carry a unit in YAML.
type Duration time.Duration

// Size is a number of bytes that must carry a unit: B, KiB, MiB, GiB.
type Size int64

// Rate is a number per second, written "20/s" or "90/m".
type Rate float64

// Amount is a count ("3") or, with a percent sign, a share ("1%").
type Amount struct {
	Value   float64
	Percent bool
}

// StringList is one string or a list of strings.
type StringList []string
