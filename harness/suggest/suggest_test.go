package suggest

import (
	"slices"
	"strings"
	"testing"

	"maildrill/scenarios"
)

const theirs = `apiVersion: maildrill/v1
kind: Topology
metadata: {name: ours, title: Ours}
domain: example.org
real_domains: true
nodes:
  alpha:
    roles: [mx]
    server: postfix
    host: in1.example.org
    mail: {domains: [example.org], deliver_to: gamma}
    volumes: [{name: queue}]
  beta:
    roles: [mx]
    server: postfix
    mail: {relay_domains: [example.org]}
    volumes: [{name: queue}]
  gamma:
    roles: [store]
    server: dovecot
    volumes: [{name: mail}]
links:
  - {name: way, from: alpha, to: gamma, service: lmtp}
zones:
  example.org:
    - {type: MX, value: 10 in1.example.org.}
    - {type: MX, value: 20 beta.example.org.}
`

func suggested(t *testing.T, because map[string][]string) ([]Suggestion, map[string]string) {
	t.Helper()
	doc, problems := scenarios.Parse("ours.yaml", []byte(theirs))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	fits, left := For(doc.Topology, because, func(drill string) int {
		if len(because[drill]) > 0 {
			return 0
		}
		return 1
	})
	why := map[string]string{}
	for _, l := range left {
		why[l.Name] = l.Why
	}
	return fits, why
}

func find(fits []Suggestion, name string) *scenarios.Scenario {
	for _, f := range fits {
		if f.Scenario.Metadata.Name == name {
			return &f.Scenario
		}
	}
	return nil
}

// TestFaultsMoveToTheNodeThatDoesTheSame: nodes, links, hosts and domains are those
// of the other system.
func TestFaultsMoveToTheNodeThatDoesTheSame(t *testing.T) {
	fits, why := suggested(t, map[string][]string{"cut-off-store-mail-waits": {"waits-long-for-a-reply"}})
	if s := find(fits, "cut-off-store-mail-waits"); s == nil || !slices.Equal(s.Timeline[0].On, []string{"way"}) {
		t.Errorf("cut-off-store-mail-waits: %+v, %s", s, why["cut-off-store-mail-waits"])
	}
	if s := find(fits, "config-slip-soft-bounce"); s == nil || !slices.Equal(s.Timeline[0].On, []string{"alpha"}) || s.Workload.Entry != "mx" ||
		s.Expect != nil || s.Metadata.Title != "What if a wrong configuration is loaded, on alpha?" {
		t.Errorf("%+v", s)
	}
	for name, want := range map[string]string{
		"store-replaced-without-its-disk": "does the same", "balanced-mx-half-open": "no such balancer",
		"mailbox-deleted-restored": "scripts of its own topology", "known-truth": "breaks nothing",
		"directory-down-with-replica": "no such directory", "power-cut-store-synced": "",
		"two-fault-defect-hidden": "simulated",
	} {
		if find(fits, name) != nil || !strings.Contains(why[name], want) {
			t.Errorf("%s: %q, want %q", name, why[name], want)
		}
	}
	for _, f := range fits {
		for _, s := range f.Plan.Steps {
			for _, on := range s.On {
				if !slices.Contains([]string{"alpha", "beta", "gamma", "way", "dns1", "outside"}, on) {
					t.Errorf("%s is aimed at %s", f.Scenario.Metadata.Name, on)
				}
			}
		}
	}
}

// TestWhatShowsAFindingComesFirst, also if it is the half of a pair that fails.
func TestWhatShowsAFindingComesFirst(t *testing.T) {
	fits, _ := suggested(t, map[string][]string{"store-crash-unsupervised": {"one-store"}})
	if fits[0].Scenario.Metadata.Name != "store-crash-unsupervised" || !slices.Equal(fits[0].Because, []string{"one-store"}) {
		t.Errorf("first: %+v", fits[0].Scenario.Metadata)
	}
}

// TestOwnImagesHaveTheirOwnTimers: nobody shortens them, so that no drill says so.
func TestOwnImagesHaveTheirOwnTimers(t *testing.T) {
	own := &scenarios.Topology{APIVersion: scenarios.APIVersion, Kind: "Topology", Metadata: scenarios.Metadata{Name: "theirs"}, Domain: "drill.test",
		Nodes: scenarios.Nodes{{Name: "all", Roles: []string{"mx", "submission", "store"}, Server: "custom", Image: "ours/all", Queue: "postfix",
			Services: map[string]int{"smtp": 25, "submission": 587, "imap": 143, "lmtp": 24},
			Mail:     scenarios.Mail{Domains: []string{"drill.test"}, DeliverTo: "all", Auth: true}}},
		Zones: map[string][]scenarios.Record{"drill.test": {{Type: "MX", Value: "10 all.drill.test."}}}}
	found, left := For(own, nil, func(string) int { return 0 })
	if len(found) == 0 {
		t.Fatalf("nothing fits: %v", left)
	}
	for _, f := range found {
		if f.Scenario.Clock != "production" {
			t.Errorf("%s has clock %s", f.Scenario.Metadata.Name, f.Scenario.Clock)
		}
	}
}
