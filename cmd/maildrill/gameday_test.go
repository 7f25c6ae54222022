package main

import (
	"slices"
	"testing"

	"maildrill/harness/exercise"
	"maildrill/scenarios"
)

// The game days of the library can be led as they are: each compiles with its
// drill, every channel can be reached while it is down, each answers what it names,
// has a twin that ends otherwise, and its plan is of today's topology.
func TestTheGameDaysOfTheLibrary(t *testing.T) {
	answered := map[string]bool{}
	for _, name := range scenarios.GameDayNames() {
		code, stdout, stderr := commanded(t, "gameday", "lint", name)
		if code != 0 {
			t.Errorf("%s: exit %d\n%s%s", name, code, stdout, stderr)
			continue
		}
		doc, _, err := scenarios.FindGameDay(name)
		if err != nil {
			t.Fatal(err)
		}
		checkGameDay(t, doc)
		if doc.GameDay.Expect.Verdict == string(exercise.Passed) {
			for _, id := range doc.GameDay.Metadata.Mitigations {
				answered[id] = true
			}
		}
	}
	for _, id := range scenarios.Exercised() {
		if !answered[id] {
			t.Errorf("no game day of the library answers %s", id)
		}
	}
}

func checkGameDay(t *testing.T, doc *scenarios.Document) {
	g := doc.GameDay
	name := g.Metadata.Name
	twin, _, err := scenarios.FindGameDay(g.Metadata.Twin)
	if err != nil || g.Expect == nil || twin.GameDay.Expect == nil || twin.GameDay.Expect.Verdict == g.Expect.Verdict {
		t.Errorf("%s and its twin %q do not end otherwise (%v)", name, g.Metadata.Twin, err)
	}
	drill, problems, err := (&process{}).staged(doc, "", nil, "")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	stale := slices.Contains(g.Expect.Checks, "plan-current")
	if drill != nil && g.Plan.Topology != "" && (g.Plan.Topology == drill.topology) == stale {
		t.Errorf("%s: plan.topology is %s, and the topology is %s", name, g.Plan.Topology, drill.topology)
	}
}
