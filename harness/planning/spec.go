package planning

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"maildrill/harness/ledger"
	"maildrill/harness/measure"
	"maildrill/harness/record"
	"maildrill/harness/topology"
)

// Spec is all that the judge needs to know of the plan. What only the run knows
// (its id, runtime, trial, planted anomalies) is left for it to fill in.
func (p *Plan) Spec() measure.Spec {
	s := p.Scenario
	sum := sha256.Sum256(p.Source)
	spec := measure.Spec{
		Scenario: record.Scenario{Name: s.Metadata.Name, Title: s.Metadata.Title, SHA256: hex.EncodeToString(sum[:]),
			Tags: list(s.Metadata.Tags), Causes: list(s.Metadata.Causes),
			Mitigations: list(s.Metadata.Mitigations), Controls: list(s.Metadata.Controls)},
		Audit: s.Audit, Evidence: evidence(s.Evidence),
		Clock: string(p.Topology.Clock),
		Probe: measure.Probing{Interval: ledger.Seconds(s.Probes.Interval),
			Timeout: ledger.Seconds(s.Probes.Timeout), Stable: ledger.Seconds(s.Probes.Stable)},
		Objectives: objectives(p),
		Mailboxes:  len(p.Topology.Accounts),
		Rate:       float64(s.Workload.Rate),
		Volumes:    p.Searched(),
		Stores:     p.Mailboxes(),
		Timing:     timing(p),
		Topology:   Picture(p),
	}
	for _, svc := range p.Services {
		spec.Services = append(spec.Services, svc.Key())
	}
	for _, st := range p.Steps {
		if st.IsFault() {
			spec.Faults = append(spec.Faults, measure.PlannedFault{Step: st.ID, Kind: st.Kind.ID, Targets: st.On, Momentary: st.Kind.Momentary,
				Hosts: hosts(p.Topology, st.On), Fronts: fronts(p.Topology, st.On)})
		} else {
			spec.Actions = append(spec.Actions, measure.PlannedAction{Step: st.ID, Kind: st.Action, Targets: list(st.On), Text: st.Text()})
		}
	}
	spec.QueueNodes, spec.BlindQueues = p.Queues()
	if e := s.Expect; e != nil {
		spec.Expect = &record.Expect{Verdict: record.Verdict(e.Verdict), Objectives: e.Objectives}
	}
	return spec
}

// Queues splits the nodes that queue mail into those that can be read and
// those that cannot.
func (p *Plan) Queues() (readable, blind []string) {
	for _, n := range p.Topology.Nodes {
		if !p.enlists(n) {
			continue // it never had a queue
		}
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

// Searched names the nodes whose files are looked through: those that keep
// something.
func (p *Plan) Searched() []string {
	var names []string
	for _, n := range p.Topology.Nodes {
		if len(n.Volumes) > 0 && p.enlists(n) {
			names = append(names, n.Name)
		}
	}
	return names
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

// hosts are the DNS names of nodes that do not begin with the name of the node.
func hosts(t topology.Topology, nodes []string) map[string]string {
	found := map[string]string{}
	for _, name := range nodes {
		if n, ok := t.Node(name); ok && !strings.HasPrefix(n.Host, name+".") {
			found[name] = n.Host
		}
	}
	return found
}

// fronts are the names of balancers that spread SMTP over one of the nodes alone.
func fronts(t topology.Topology, nodes []string) map[string][]string {
	found := map[string][]string{}
	for _, b := range t.WithRole(topology.Balancer) {
		var behind []string
		for _, l := range t.Links {
			if l.From == b.Name && l.Service == topology.SMTP {
				behind = append(behind, l.To)
			}
		}
		if len(behind) == 1 && slices.Contains(nodes, behind[0]) {
			found[behind[0]] = append(found[behind[0]], b.Name, b.Host)
		}
	}
	return found
}
