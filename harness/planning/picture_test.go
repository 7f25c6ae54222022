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
	for name, source := range map[string]string{"two-sites": twoSites, "two-fault-defect-shown": source(t, "two-fault-defect-shown")} {
		t.Run(name, func(t *testing.T) { golden(t, filepath.Join("testdata", "plan-"+name+".txt"), top(t, source)) })
	}
}

// TestEveryPlanOfTheLibraryFits in 80 characters, and says what breaks.
func TestEveryPlanOfTheLibraryFits(t *testing.T) {
	for _, e := range scenarios.Library() {
		if e.Kind != "Scenario" {
			continue
		}
		text := top(t, source(t, e.Name))
		for _, line := range strings.Split(text, "\n") {
			if utf8.RuneCountInString(line) > 80 && strings.Contains(line, " ") {
				t.Errorf("%s: more than 80 characters: %s", e.Name, line)
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(text), " "), "The drill passes only if ") || strings.Contains(text, "%!") {
			t.Errorf("%s: %s", e.Name, text)
		}
	}
}

// source is the file of a scenario of the library.
func source(t *testing.T, name string) string {
	t.Helper()
	doc, problems, err := scenarios.Find(name)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return string(doc.Source)
}

// top is what a plan says before its details.
func top(t *testing.T, source string) string {
	t.Helper()
	text, _, _ := strings.Cut(described(t, source), "\nNodes\n")
	return text
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
