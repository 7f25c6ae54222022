package planning_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"maildrill/harness/planning"
	"maildrill/scenarios"
)

var update = flag.Bool("update", false, "write the golden files anew")

// twoSites has all that a picture can show: sites, a balancer, a path that skips
// a column, one within a column, a faulted link and a faulted node.
const twoSites = `
apiVersion: maildrill/v1
kind: Scenario
metadata: {name: two-sites, title: "A site loses its line, and later a store dies", story: The line of site a fails., look: The queue of mxa.}
topology:
  metadata: {name: two-sites, title: Two sites with a balancer at one}
  access: {imap: lba, submission: mxb}
  nodes:
    lba: {roles: [balancer], server: haproxy, site: site-a}
    mxa: {roles: [mx], site: site-a, mail: {domains: [drill.test], deliver_to: storea}}
    mxb: {roles: [mx, submission], site: site-b, mail: {domains: [drill.test], deliver_to: storeb}}
    storea: {roles: [store], site: site-a}
    storeb: {roles: [store], site: site-b}
    filter1: {roles: [other], server: filter, site: site-a}
  links:
    - {name: lba-mxa, from: lba, to: mxa, service: smtp}
    - {name: lba-storea, from: lba, to: storea, service: imap}
    - {name: mxa-storea, from: mxa, to: storea, service: lmtp}
    - {name: storea-storeb, from: storea, to: storeb, service: imap}
    - {name: mxa-filter1, from: mxa, to: filter1, service: milter}
  zones: {drill.test: [{type: MX, value: 10 lba.drill.test.}, {type: MX, value: 20 mxb.drill.test.}]}
workload: {rate: 5/s}
phases: {baseline: 10s, observe: 45s}
timeline:
  - {id: line, at: 0s, fault: net.loss, on: mxa-storea, for: 10s}
  - {id: dead, after: [line], fault: node.crash, on: storeb, for: 5s}
  - {id: mail, after: [dead], action: flush, on: [mxb]}
objectives: {loss: {max: 0}, duplicates: {max: 1%}, damaged: {max: 3}, rto: {mx: 30s}, rpo: {max: 2s}, late: {max: 5%, after: 60s}}
`

// TestPlanIsReadFromTheTop: for people first, with a picture of at most 80
// characters.
func TestPlanIsReadFromTheTop(t *testing.T) {
	sources := map[string]string{"two-sites": twoSites}
	for _, name := range []string{"balanced-mx-crash", "single-server-crash", "two-fault-defect-shown"} {
		doc, problems, err := scenarios.Find(name)
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		sources[name] = string(doc.Source)
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			top, _, _ := strings.Cut(described(t, source), "\nNodes\n")
			for _, line := range strings.Split(top, "\n") {
				if utf8.RuneCountInString(line) > 80 {
					t.Errorf("more than 80 characters: %s", line)
				}
			}
			golden(t, filepath.Join("testdata", "plan-"+name+".txt"), top)
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s differs (write it anew with -update): %v\n%s", path, err, got)
	}
}

// TestEveryTopologyOfTheLibraryHasAPicture that fits, and names each of its nodes.
func TestEveryTopologyOfTheLibraryHasAPicture(t *testing.T) {
	for _, e := range scenarios.Library() {
		if e.Kind != "Topology" {
			continue
		}
		plan, problems := compile(t, "apiVersion: maildrill/v1\nkind: Scenario\nmetadata: {name: x}\ntopology: "+e.Name+
			"\nworkload: {entry: "+entryOf(e.Name)+"}\nobjectives: {loss: {max: 0}}\n", nil)
		if plan == nil {
			t.Errorf("%s: %v", e.Name, problems)
			continue
		}
		text := strings.Join(planning.Diagram(*planning.Picture(plan), nil), "\n")
		for _, n := range plan.Topology.Nodes {
			if !strings.Contains(text, n.Name) {
				t.Errorf("%s: %s is not in the picture\n%s", e.Name, n.Name, text)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %s", e.Name, line)
			}
		}
	}
}

// entryOf is where mail can enter a topology.
func entryOf(name string) string {
	doc, _, err := scenarios.FindTopology(name)
	if err != nil || doc == nil {
		return "mx"
	}
	for _, n := range doc.Topology.Nodes {
		for _, r := range n.Roles {
			if r == "mx" {
				return "mx"
			}
		}
	}
	return "submission"
}
