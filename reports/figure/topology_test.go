package figure_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/figure"
)

// twoSites has all that a picture can show.
func twoSites() record.Record {
	node := func(name, role, server, site string) record.TopologyNode {
		return record.TopologyNode{Name: name, Roles: []string{role}, Server: server, Site: site}
	}
	return record.Record{
		Topology: &record.Topology{Name: "two-sites", Title: "Two sites",
			Nodes: []record.TopologyNode{node("lba", "balancer", "haproxy", "site-a"), node("mxa", "mx", "postfix", "site-a"),
				node("mxb", "mx", "postfix", "site-b"), node("storea", "store", "dovecot", "site-a"), node("storeb", "store", "dovecot", "site-b"),
				node("filter1", "other", "filter", "site-a"), node("dns1", "dns", "dns", ""), node("outside", "outside", "outside", "")},
			Paths: []record.Path{{From: "outside", To: "lba", Service: "smtp", Note: "MX 10"}, {From: "outside", To: "mxb", Service: "smtp", Note: "MX 20"},
				{From: "lba", To: "mxa", Service: "smtp", Link: "lba-mxa"}, {From: "mxa", To: "storea", Service: "lmtp", Link: "mxa-storea"},
				{From: "mxb", To: "storeb", Service: "lmtp"}, {From: "mxa", To: "filter1", Service: "milter"},
				{From: "mxb", To: "mxa", Service: "smtp"}, {From: "storea", To: "storeb", Service: "imap", Link: "storea-storeb"},
				{From: "gone", To: "nowhere"}}},
		Faults: []record.Fault{{Step: "line", Kind: "net.loss", Targets: []string{"mxa-storea"}}, {Step: "dead", Kind: "node.crash", Targets: []string{"storeb", "mxb"}},
			{Step: "again", Kind: "node.freeze", Targets: []string{"storeb"}}},
	}
}

func TestTopologyNamesAndMarksAll(t *testing.T) {
	f := figure.Topology(twoSites())
	for _, wrong := range faultsOf(f, recorded(f)) {
		t.Error(wrong)
	}
	out := written(t, f)
	for _, want := range []string{"lba", "mxa", "mxb", "storea", "storeb", "filter1", "dns1", "site-a", "site-b", "× 2, 3", "× 1", "fault 3, again: node.freeze on storeb"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in the picture", want)
		}
	}
	if !strings.Contains(f.Alt, "outside leads to lba.") || !strings.Contains(f.Alt, "Fault 1, net.loss, was aimed at mxa-storea.") {
		t.Errorf("alt: %s", f.Alt)
	}
	if dir := os.Getenv("MAILDRILL_TEST_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "topology.svg"), []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTopologyWithoutOne(t *testing.T) {
	for name, r := range map[string]record.Record{"an older record": {}, "no node": {Topology: &record.Topology{}}} {
		if f := figure.Topology(r); f.Draw != nil {
			t.Errorf("%s: something was drawn", name)
		}
	}
}

// TestNothingIsCutOrCoveredInTopologies draws many made-up ones.
func TestNothingIsCutOrCoveredInTopologies(t *testing.T) {
	for seed := range uint64(60) {
		r := madeUp(rand.New(rand.NewPCG(seed, 7)))
		f := figure.Topology(r)
		if f.Draw == nil {
			t.Fatal("nothing was drawn")
		}
		for _, wrong := range faultsOf(f, recorded(f)) {
			t.Errorf("seed %d: %s", seed, wrong)
		}
	}
}

func madeUp(r *rand.Rand) record.Record {
	roles := []string{"outside", "balancer", "mx", "submission", "store", "other", "relay", "dns"}
	out := record.Record{Topology: &record.Topology{}}
	named := func(n int) string {
		if r.IntN(8) == 0 {
			return hostileNames[r.IntN(len(hostileNames))] + fmt.Sprint(n)
		}
		return fmt.Sprintf("node%d", n)
	}
	for n := range 1 + r.IntN(24) {
		node := record.TopologyNode{Name: named(n), Roles: []string{roles[r.IntN(len(roles))]}, Server: "postfix"}
		if r.IntN(3) > 0 {
			node.Site = []string{"site-a", "site-b", "a site with a name that is longer than any box is wide"}[r.IntN(3)]
		}
		out.Topology.Nodes = append(out.Topology.Nodes, node)
	}
	pick := func() string { return out.Topology.Nodes[r.IntN(len(out.Topology.Nodes))].Name }
	for n := range r.IntN(40) {
		out.Topology.Paths = append(out.Topology.Paths, record.Path{From: pick(), To: pick(), Service: "smtp", Link: fmt.Sprintf("link%d", n)})
	}
	for n := range r.IntN(9) {
		out.Faults = append(out.Faults, record.Fault{Step: named(n), Kind: "node.crash", Targets: []string{pick(), fmt.Sprintf("link%d", n)}})
	}
	return out
}
