package planning_test

import (
	"slices"
	"testing"

	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

// TestSpared: who gets a flood of mail is no place to plant anything in.
func TestSpared(t *testing.T) {
	doc, problems, err := scenarios.Find("mail-bomb-quota")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	topo, _ := doc.ResolveTopology()
	plan, problems := planning.Compile(doc, topo, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	is := func(a topology.Account) bool { return a.Address == "u1@drill.test" }
	if !slices.ContainsFunc(plan.WorkloadAccounts(), is) || slices.ContainsFunc(plan.Spared(), is) || len(plan.Spared()) != len(plan.WorkloadAccounts())-1 {
		t.Errorf("%v", plan.Spared())
	}
}
