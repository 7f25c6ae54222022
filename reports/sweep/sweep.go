package sweep

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"maildrill/harness/record"
	"maildrill/reports/words"
)

// Schema is the value of Sweep.Schema.
const Schema = "maildrill/sweep/v1"

// Sweep is sweep.json.
type Sweep struct {
	Schema    string   `json:"schema"` // always [Schema]
	ID        string   `json:"id"`
	Topology  string   `json:"topology"`
	Title     string   `json:"title,omitempty"`
	Fault     string   `json:"fault"`
	Held      string   `json:"held,omitempty"` // "12s"
	Asked     []string `json:"asked"`          // the objectives, in words
	Runtime   string   `json:"runtime"`
	Simulated bool     `json:"simulated"`
	Clock     string   `json:"clock"`
	Started   string   `json:"started"` // RFC 3339
	Services  []string `json:"services"`
	// Points are the single points of failure, Unknown the nodes of which nothing
	// is known.
	Points   []string `json:"single_points_of_failure"`
	Unknown  []string `json:"not_known"`
	ExitCode int      `json:"exit_code"`
	Nodes    []Node   `json:"nodes"`
}

// Answers to whether a node is a single point of failure.
const (
	Yes      = "yes"
	No       = "no"
	NotKnown = "not known"
	NotTried = "not tried"
)

// Node is one row.
type Node struct {
	Node   string   `json:"node"`
	Roles  []string `json:"roles"`
	Server string   `json:"server"`
	Answer string   `json:"single_point_of_failure"`
	Why    string   `json:"why"`
	Missed []string `json:"missed"`
	// Later are objectives that were missed only by what went away after the node
	// was back: it is not the reason.
	Later   []string `json:"missed_later,omitempty"`
	Busy    float64  `json:"host_busy"` // share of the time in which the host's CPUs were
	Outages Outages  `json:"outages"`   // by service; a service that was never gone is not there
	// Accepted, Lost, Unknown, Bounced and Duplicates are copies.
	Accepted   int     `json:"accepted"`
	Lost       int     `json:"lost"`
	Unknown    int     `json:"unknown"`
	Bounced    int     `json:"bounced"`
	Duplicates int     `json:"duplicates"`
	Verdict    string  `json:"verdict,omitempty"`
	Run        string  `json:"run,omitempty"`
	Page       string  `json:"page,omitempty"`
	Seconds    float64 `json:"seconds"`
}

// Outages are the longest interruption of each service, in seconds.
type Outages map[string]record.Interval

// Tried is one node with the run that broke it.
type Tried struct {
	Node, Server string
	Roles        []string
	Left         string         // why it was not broken; "": it was
	Record       *record.Record // nil: there is none
	Problem      string         // why there is none
	Run, Page    string
	Seconds      float64
	ExitCode     int
}

// Of fills the rows and what they say together.
func Of(s Sweep, tried []Tried) Sweep {
	s.Schema, s.Points, s.Unknown, s.Nodes = Schema, []string{}, []string{}, []Node{}
	var codes []int
	for _, t := range tried {
		n := row(t)
		switch n.Answer {
		case Yes:
			s.Points = append(s.Points, n.Node)
			codes = append(codes, record.ExitFailed)
		case No:
			codes = append(codes, record.ExitPassed)
		case NotKnown:
			s.Unknown = append(s.Unknown, n.Node)
			codes = append(codes, max(t.ExitCode, record.ExitInconclusive))
		}
		if t.Record != nil {
			s.Simulated, s.Clock = s.Simulated || t.Record.Simulated, t.Record.Clock
			if t.Record.Dirty {
				codes = append(codes, record.ExitDirty)
			}
		}
		s.Nodes = append(s.Nodes, n)
	}
	s.Services = s.services()
	s.ExitCode = record.Worst(codes...)
	return s
}

func row(t Tried) Node {
	n := Node{Node: t.Node, Roles: t.Roles, Server: t.Server, Missed: []string{}, Outages: Outages{}, Run: t.Run, Page: t.Page, Seconds: t.Seconds}
	switch {
	case t.Left != "":
		n.Answer, n.Why = NotTried, t.Left
	case t.Record == nil:
		n.Answer, n.Why = NotKnown, t.Problem
		if n.Why == "" {
			n.Why = "the drill has no record"
		}
	default:
		n.fill(*t.Record)
	}
	return n
}

func (n *Node) fill(r record.Record) {
	a := r.Accounting
	n.Accepted, n.Lost, n.Unknown, n.Bounced, n.Duplicates, n.Verdict = a.Accepted, a.Lost, a.Unknown, a.Notified, a.Duplicates, words.Verdict(r.Verdict)
	back := healed(r)
	for name, s := range r.Services {
		if longest, ok := longestOutage(s, back); ok && !strings.Contains(name, "@") {
			n.Outages[name] = longest
		}
	}
	for _, o := range r.Objectives {
		switch {
		case o.Verdict != record.Failed:
		case n.caused(o):
			n.Missed = append(n.Missed, o.Name)
		default:
			n.Later = append(n.Later, o.Name)
		}
	}
	if r.Host != nil {
		n.Busy = r.Host.Busy.Mean
	}
	n.Answer, n.Why = n.answer(r)
}

// caused tells whether the node can be the reason of a miss: what went away only
// after it was back has another one.
func (n *Node) caused(o record.Objective) bool {
	service, timed := strings.CutPrefix(o.Name, "rto.")
	limit, bounded := o.Target["max"]
	gone, was := n.Outages[service]
	return !timed || !bounded || was && gone.Low > limit
}

// healed is when the node was back at the latest, in seconds of the run; no end
// is known of a fault that was never seen healed.
func healed(r record.Record) float64 {
	at := 0.0
	for _, f := range r.Faults {
		if f.Healed == nil || f.Healed.High == nil {
			return math.Inf(1)
		}
		at = max(at, *f.Healed.High)
	}
	return at
}

// unmet is the gate of a fault that no mail met. Of a node that stands by, that
// is what one hopes for: the others did its work.
const unmet = "fault-exercised"

// answer reads the verdict. A node that no mail met is none that anything
// depends on, if nothing was missed and nothing else was wrong.
func (n *Node) answer(r record.Record) (answer, why string) {
	switch {
	case r.Verdict == record.Failed && len(n.Missed) == 0:
		return NotKnown, "missed, but only by what went away after the node was back: " + strings.Join(n.Later, ", ")
	case r.Verdict == record.Failed:
		return Yes, "missed: " + strings.Join(n.Missed, ", ")
	case r.Verdict == record.Passed:
		return No, n.carried()
	case r.Verdict == record.Inconclusive && stoodBy(r) && clean(r.Accounting):
		return No, "no mail met it: nothing depends on it while the others are up"
	}
	why = words.Plain(r.Reason)
	if why == "" {
		why = n.Verdict
	}
	return NotKnown, why
}

// clean: no copy is lost, and none is without a fate.
func clean(a record.Accounting) bool { return a.Accepted > 0 && a.Lost == 0 && a.Unknown == 0 }

// stoodBy tells whether the one thing that was not proven is that mail met the
// fault, and the fault itself was.
func stoodBy(r record.Record) bool {
	alone := false
	for _, g := range r.Gates {
		if g.Passed {
			continue
		}
		if g.Name != unmet {
			return false
		}
		alone = true
	}
	installed := slices.ContainsFunc(r.Faults, func(f record.Fault) bool { return f.Proofs.Installed && f.Proofs.Effective && f.Reverted })
	missed := slices.ContainsFunc(r.Objectives, func(o record.Objective) bool { return o.Verdict == record.Failed })
	return alone && installed && !missed
}

func (n *Node) carried() string {
	if len(n.Outages) == 0 {
		return "no service was gone"
	}
	return "within the objectives"
}

// longestOutage is that of the interruptions that began before a time.
func longestOutage(s record.Service, before float64) (longest record.Interval, ok bool) {
	for _, o := range s.Outages {
		if o.Began.Low > before {
			continue
		}
		open := o.RTA.High == nil
		if !ok || open || longest.High != nil && *o.RTA.High > *longest.High {
			longest, ok = o.RTA, true
		}
		if open {
			return longest, true
		}
	}
	return longest, ok
}

// services are those that any node took away.
func (s Sweep) services() []string {
	all := map[string]bool{}
	for _, n := range s.Nodes {
		for name := range n.Outages {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Marshal gives the bytes of sweep.json.
func Marshal(s Sweep) ([]byte, error) {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the sweep: %w", err)
	}
	return append(b, '\n'), nil
}
