package sweep

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/planning"
	"maildrill/scenarios"
)

// planned compiles a template over a topology of the library.
func planned(t *testing.T, topo string) (scenarios.Scenario, *planning.Plan) {
	t.Helper()
	doc, problems, err := scenarios.FindTopology(topo)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	s := Template(doc.Topology, scenarios.TopologyRef{Name: topo})
	return s, compiled(t, s)
}

func compiled(t *testing.T, s scenarios.Scenario) *planning.Plan {
	t.Helper()
	text, err := scenarios.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := scenarios.Parse(s.Metadata.Name+".yaml", text)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	topo, problems := doc.ResolveTopology()
	plan, more := planning.Compile(doc, topo, nil)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	return plan
}

// TestEveryTopologyOfTheLibraryCanBeSwept: each node has a drill that compiles,
// or a reason why it has none.
func TestEveryTopologyOfTheLibraryCanBeSwept(t *testing.T) {
	o := Options{Fault: "node.crash", For: 12 * time.Second, RTO: map[string]time.Duration{"": 8 * time.Second}}
	for _, e := range scenarios.Library() {
		if e.Kind != "Topology" {
			continue
		}
		s, plan := planned(t, e.Name)
		drills, err := Make(s, plan, o)
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		made := 0
		for _, d := range drills {
			if (d.Scenario == nil) != (d.Left != "") {
				t.Errorf("%s, %s: %+v", e.Name, d.Node.Name, d)
			}
			if d.Scenario == nil {
				continue
			}
			made++
			p := compiled(t, *d.Scenario)
			if len(p.Steps) != 1 || !slices.Equal(p.Faulted(), []string{d.Node.Name}) || len(p.Scenario.Metadata.Name) > longestName {
				t.Errorf("%s, %s: %+v", e.Name, d.Node.Name, p.Steps)
			}
		}
		if made == 0 {
			t.Errorf("%s: nothing would be broken", e.Name)
		}
	}
}

func TestMake(t *testing.T) {
	s, plan := planned(t, "primary-backup-mx")
	crash := Options{Fault: "node.crash", For: 12 * time.Second, RTO: map[string]time.Duration{"": 8 * time.Second, "delivery": 40 * time.Second}}
	drills, err := Make(s, plan, crash)
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]string{}
	for _, d := range drills {
		left[d.Node.Name] = d.Left
		if d.Node.Name != "mx1" {
			continue
		}
		rto := d.Scenario.Objectives.RTO
		if d.Scenario.Metadata.Name != "sweep-primary-backup-mx-mx1" || time.Duration(rto["mx"]) != 8*time.Second || time.Duration(rto["delivery"]) != 40*time.Second ||
			time.Duration(d.Scenario.Phases.Observe) != 55*time.Second {
			t.Errorf("%+v", d.Scenario)
		}
	}
	if left["outside"] == "" || left["relay1"] == "" || left["mx2"] != "" || left["store1"] != "" {
		t.Errorf("left out: %v", left)
	}
	for name, o := range map[string]Options{
		"no such fault":             {Fault: "node.crsh"},
		"breaks no node":            {Fault: "site.down"},
		`no node "mx9"`:             {Fault: "node.crash", Only: []string{"mx9"}},
		`no node "mx8" in primary-`: {Fault: "node.crash", Skip: []string{"mx8"}},
	} {
		if _, err := Make(s, plan, o); err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(name, "no such fault")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	crash.Only = []string{"store1"}
	drills, _ = Make(s, plan, crash)
	for _, d := range drills {
		if (d.Scenario != nil) != (d.Node.Name == "store1") {
			t.Errorf("only store1: %s", d.Node.Name)
		}
	}
}
