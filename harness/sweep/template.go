package sweep

import (
	"slices"
	"time"

	"maildrill/scenarios"
)

// Template is the scenario of a sweep over a topology without one: steady mail
// that enters where the topology takes it.
func Template(t *scenarios.Topology, ref scenarios.TopologyRef) scenarios.Scenario {
	s := scenarios.Scenario{
		APIVersion: scenarios.APIVersion, Kind: "Scenario", Topology: ref,
		Metadata: scenarios.Metadata{Name: "sweep"},
		Workload: scenarios.Workload{Rate: 7, Arrivals: "even", Mailboxes: 10, Sizes: []scenarios.Size{1 << 10, 8 << 10, 64 << 10}, Entry: entry(t)},
		Phases:   scenarios.Phases{Baseline: scenarios.Duration(8 * time.Second), Observe: scenarios.Duration(observation)},
		Probes:   scenarios.Probes{Interval: scenarios.Duration(500 * time.Millisecond), Timeout: scenarios.Duration(2 * time.Second)},
	}
	if slices.ContainsFunc(t.Nodes, func(n scenarios.Node) bool {
		return (n.Image != "" || n.Build != nil) && n.Queue != "" && n.Queue != "none"
	}) {
		s.Clock = "production" // nobody shortens the timers of somebody's own image
		s.Phases.Observe = scenarios.Duration(90 * time.Second)
	}
	if s.Workload.Entry == "submission" {
		s.Workload.TLS = "opportunistic"
	}
	return s
}

// entry is where mail enters: from other domains, else from users, else from a
// sender outside.
func entry(t *scenarios.Topology) string {
	has := map[string]bool{}
	for _, n := range t.Nodes {
		for _, r := range n.Roles {
			has[r] = true
		}
	}
	for _, role := range []string{"mx", "submission"} {
		if has[role] {
			return role
		}
	}
	return "relay"
}
