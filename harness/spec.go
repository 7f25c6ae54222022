package harness

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// specification writes down, before the run begins, all that the judge needs.
func specification(p *Plan, c Config, started time.Time) measure.Spec {
	s := p.Scenario
	sum := sha256.Sum256(p.Source)
	spec := measure.Spec{
		Run: record.Run{ID: c.Folder.ID(), Started: started.UTC().Format(time.RFC3339Nano),
			Runtime: c.Runtime.Name(), Seed: c.Seed, Trial: c.Trial, Trials: c.Trials, Tool: c.Tool},
		Scenario: record.Scenario{Name: s.Metadata.Name, Title: s.Metadata.Title, SHA256: hex.EncodeToString(sum[:]),
			Tags: list(s.Metadata.Tags), Causes: list(s.Metadata.Causes),
			Mitigations: list(s.Metadata.Mitigations), Controls: list(s.Metadata.Controls)},
		Series:    c.Series,
		Simulated: c.Runtime.Simulated(),
		Clock:     string(p.Topology.Clock),
		Probe: measure.Probing{Interval: ledger.Seconds(s.Probes.Interval),
			Timeout: ledger.Seconds(s.Probes.Timeout), Stable: ledger.Seconds(s.Probes.Stable)},
		Objectives: objectives(p),
		Mailboxes:  len(p.Topology.Accounts),
		Rate:       float64(s.Workload.Rate),
		Salt:       saltCount(),
		Volumes:    searched(p.Topology),
		Stores:     named(p.Topology.WithRole(topology.Store)),
		Timing:     timing(p),
	}
	if c.Series != nil {
		spec.Run.Series = c.Series.ID
	}
	for _, svc := range p.Services {
		spec.Services = append(spec.Services, svc.Key())
	}
	for _, st := range p.Steps {
		if st.IsFault() {
			spec.Faults = append(spec.Faults, measure.PlannedFault{Step: st.ID, Kind: st.Kind.ID, Targets: st.On, Momentary: st.Kind.Momentary})
		} else {
			spec.Actions = append(spec.Actions, measure.PlannedAction{Step: st.ID, Kind: st.Action, Targets: st.On})
		}
	}
	spec.QueueNodes, spec.BlindQueues = queues(p.Topology)
	if e := s.Expect; e != nil {
		spec.Expect = &record.Expect{Verdict: record.Verdict(e.Verdict), Objectives: e.Objectives}
	}
	return spec
}

// queues splits the nodes that queue mail into those that can be read and
// those that cannot.
func queues(t topology.Topology) (readable, blind []string) {
	for _, n := range t.Nodes {
		queues := n.Has(topology.MX) || n.Has(topology.Relay) || n.Has(topology.Submission)
		switch {
		case n.Queue != "" && n.Queue != "none":
			readable = append(readable, n.Name)
		case queues:
			blind = append(blind, n.Name)
		}
	}
	return readable, blind
}

// objectives flattens what the scenario asks for, in a fixed order.
func objectives(p *Plan) []measure.Objective {
	o := p.Scenario.Objectives
	var out []measure.Objective
	for _, limit := range []struct {
		name  string
		limit *scenarios.Limit
		unit  string
	}{{"loss", o.Loss, "copies"}, {"duplicates", o.Duplicates, "copies"}, {"damaged", o.Damaged, "copies"},
		{"misdelivered", o.Misdelivered, "copies"}, {"notified", o.Notified, "copies"},
		{"stored", o.Stored, "anomalies"}, {"identity", o.Identity, "anomalies"}} {
		if limit.limit == nil {
			continue
		}
		unit := limit.unit
		if limit.limit.Max.Percent {
			unit = "%"
		}
		out = append(out, measure.Objective{Name: limit.name, Max: limit.limit.Max.Value, Unit: unit})
	}
	for name, max := range o.RTO {
		out = append(out, measure.Objective{Name: "rto." + name, Max: time.Duration(max).Seconds(), Unit: "s"})
	}
	slices.SortStableFunc(out, func(a, b measure.Objective) int {
		if strings.HasPrefix(a.Name, "rto.") && strings.HasPrefix(b.Name, "rto.") {
			return strings.Compare(a.Name, b.Name)
		}
		return 0
	})
	if o.RPO != nil {
		out = append(out, measure.Objective{Name: "rpo", Max: time.Duration(o.RPO.Max).Seconds(), Unit: "s"})
	}
	return append(out, timedObjectives(o)...)
}

// list keeps an empty list empty, not null, in the record.
func list(in []string) []string { return append([]string{}, in...) }

func named(nodes []topology.Node) []string {
	var names []string
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	return names
}
