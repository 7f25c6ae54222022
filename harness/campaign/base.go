package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// Mode says what a schedule must not break.
type Mode string

const (
	// Safety: nothing is lost, damaged or doubled, however long it takes.
	Safety Mode = "safety"
	// Liveness: when all faults are taken back, every service is back in time.
	Liveness Mode = "liveness"
	// Both in the same drill.
	Both Mode = "both"
)

// Modes are all of them.
var Modes = []Mode{Safety, Liveness, Both}

// Options are what a search is told of its schedules.
type Options struct {
	Mode    Mode
	Longest time.Duration // that a fault is held
	Recover time.Duration // that services have to be back after the last revert
	Faults  []string      // kinds, or beginnings of them ("net."); empty: all that fit
	On      []string      // nodes, links and sites; empty: all
	Pairs   bool          // go on with two and three faults at once
}

// Base is the system that is searched: a scenario without its timeline.
type Base struct {
	scenario scenarios.Scenario
	topology *scenarios.Topology
	can      *planning.Capabilities
	options  Options
	plan     *planning.Plan // of no fault at all
}

// longestDrain is how long queues may take to empty where only safety counts.
const longestDrain = 5 * time.Minute

// NewBase takes a scenario as a file has it. Its timeline, guards, trials and
// expectation are left behind; its objectives are those of the mode.
func NewBase(doc *scenarios.Document, topo *scenarios.Topology, can *planning.Capabilities, o Options) (*Base, error) {
	s := *doc.Scenario
	s.Timeline, s.Guards, s.Expect, s.Trials = nil, nil, nil, scenarios.Trials{}
	s.Audit, s.Evidence, s.Alerts, s.Cycles = false, nil, nil, nil
	if strings.ContainsAny(s.Topology.Name, `/\`) || strings.HasSuffix(s.Topology.Name, ".yaml") || strings.HasSuffix(s.Topology.Name, ".yml") {
		s.Topology = scenarios.TopologyRef{Name: topo.Metadata.Name, Inline: topo} // the file will stand in another folder
	}
	b := &Base{scenario: s, topology: topo, can: can, options: o}
	plan, err := b.Compile(Schedule{})
	if err != nil {
		return nil, fmt.Errorf("%s without its faults: %w", s.Metadata.Name, err)
	}
	b.plan = plan
	return b, nil
}

// Name is that of the scenario.
func (b *Base) Name() string { return b.scenario.Metadata.Name }

// Scenario is a schedule as a scenario of its own.
func (b *Base) Scenario(s Schedule) scenarios.Scenario {
	made := b.scenario
	made.Metadata = scenarios.Metadata{Name: b.named(s.Label()), Title: "Schedule: " + orNothing(s.String()), Tags: scenarios.StringList{"search"}}
	for _, e := range s.Entries {
		made.Timeline = append(made.Timeline, step(e))
	}
	b.judged(&made, s)
	return made
}

func orNothing(text string) string {
	if text == "" {
		return "no fault"
	}
	return text
}

// mostName is how long a name may be.
const mostName = 48

func (b *Base) named(tail string) string {
	name := b.scenario.Metadata.Name
	return strings.TrimRight(name[:min(len(name), mostName-len(tail)-1)], "-") + "-" + tail
}

func step(e Entry) scenarios.Step {
	s := scenarios.Step{ID: e.ID, Fault: e.Fault, On: slices.Clone(e.On), When: e.When}
	switch {
	case e.After != "":
		s.After = scenarios.StringList{e.After}
	case e.When == "":
		at := scenarios.Duration(e.At)
		s.At = &at
	}
	if e.For > 0 {
		held := scenarios.Duration(e.For)
		s.For = &held
	}
	s.With, _ = scenarios.SetParams(e.With...) // what is wrong in it, Compile finds
	return s
}

// judged gives the scenario the objectives of the mode, and the time that they
// take to be proven.
func (b *Base) judged(s *scenarios.Scenario, schedule Schedule) {
	asked, none := s.Objectives, &scenarios.Limit{}
	s.Objectives = scenarios.Objectives{}
	filled := *s
	filled.Fill()
	if b.options.Mode != Liveness {
		s.Objectives.Loss, s.Objectives.Damaged, s.Objectives.Misdelivered = none, none, none
		s.Objectives.Duplicates = none
		if asked.Duplicates != nil {
			s.Objectives.Duplicates = asked.Duplicates
		}
		s.Objectives.Stored, s.Objectives.Identity = asked.Stored, asked.Identity
		s.Phases.Observe = min(filled.Phases.Observe, scenarios.Duration(time.Second))
		s.Phases.Drain = max(filled.Phases.Drain, scenarios.Duration(longestDrain))
	}
	if b.options.Mode != Safety {
		back := scenarios.Duration(schedule.Span() + max(b.options.Recover, time.Duration(3*(filled.Probes.Interval+filled.Probes.Timeout))))
		s.Objectives.RTO = map[string]scenarios.Duration{}
		for _, name := range b.services() {
			s.Objectives.RTO[name] = back
		}
		s.Phases.Observe = filled.Probes.Stable + back
		if b.options.Mode == Liveness && len(s.Objectives.RTO) == 0 { // the base, of which nothing is known yet
			s.Objectives.Loss = none
		}
	}
}

// services are those of the whole system: a node that is dead for good is no
// failure while another one serves.
func (b *Base) services() (names []string) {
	if b.plan == nil { // the base itself: any that it has will do
		return nil
	}
	for _, s := range b.plan.Services {
		if s.Node == "" {
			names = append(names, s.Name)
		}
	}
	return names
}

// Compile makes the schedule ready to be run. The error says why it cannot be.
func (b *Base) Compile(s Schedule) (*planning.Plan, error) {
	made := b.Scenario(s)
	source, err := scenarios.Marshal(&made)
	if err != nil {
		return nil, err
	}
	return b.parse(source)
}

func (b *Base) parse(source []byte) (*planning.Plan, error) {
	doc, problems := scenarios.Parse(b.Name()+".yaml", source)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	topo, problems := doc.ResolveTopology()
	if len(problems) > 0 {
		return nil, problems[0]
	}
	plan, problems := planning.Compile(doc, topo, b.can)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return plan, nil
}

// Digest tells one search from another: what is searched, and how.
func (b *Base) Digest() string {
	h := sha256.New()
	h.Write(b.plan.Source)
	fmt.Fprintf(h, "%+v", b.options)
	return hex.EncodeToString(h.Sum(nil))
}

// Plan is the drill without any fault.
func (b *Base) Plan() *planning.Plan { return b.plan }
