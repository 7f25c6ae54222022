package planning_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/topology"
	"maildrill/scenarios"
)

func primaryBackup(t *testing.T) topology.Topology {
	t.Helper()
	doc, problems, err := scenarios.FindTopology("primary-backup-mx")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return planning.ResolveTopology(doc.Topology, "drill", 2)
}

func TestAWishBecomesAStep(t *testing.T) {
	step, err := planning.ByHand(primaryBackup(t), nil, "net.loss-1", planning.Wish{Fault: "net.loss", On: "mx1", Set: []string{"rate=50%"}, For: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if step.ID != "net.loss-1" || step.For != time.Minute || len(step.Targets) != 1 || step.Targets[0].Node != "mx1" {
		t.Errorf("step %+v", step)
	}
	if _, err := step.Make(); err != nil {
		t.Errorf("the fault cannot be made: %v", err)
	}
}

func TestAWishThatIsHeldEndsInADay(t *testing.T) {
	for fault, want := range map[string]time.Duration{"node.freeze": planning.LongestHold, "process.kill": 0} {
		wish := planning.Wish{Fault: fault, On: "mx1"}
		if fault == "process.kill" {
			wish.Set = []string{"name=qmgr"}
		}
		step, err := planning.ByHand(primaryBackup(t), nil, "a", wish)
		if err != nil || step.For != want {
			t.Errorf("%s is held for %v (%v), want %v", fault, step.For, err, want)
		}
	}
}

func TestMistakesOfAWishHaveAPosition(t *testing.T) {
	for want, wish := range map[string]planning.Wish{
		`FAULT: unknown fault "node.crush"; did you mean "node.crash"?`:                               {Fault: "node.crush", On: "mx1"},
		`--on: "mx9" is no node, link or site of this topology; did you mean "mx1"?; valid: mx1, mx2`: {Fault: "node.crash", On: "mx9"},
		`--set grcae: unknown key "grcae" in ` + "`with`" + `; did you mean "grace"?`:                 {Fault: "node.stop", On: "mx1", Set: []string{"grcae=5s"}},
		`--set grace: ` + "`grace`" + `: "5" has no unit; did you mean "5s"?`:                         {Fault: "node.stop", On: "mx1", Set: []string{"grace=5"}},
		`a parameter has the form key=value`:                                                          {Fault: "node.stop", On: "mx1", Set: []string{"grace"}},
		`FAULT: "storage.rollback" needs what was kept of its target some time before`:                {Fault: "storage.rollback", On: "mx1"},
		`--on: node "outside" is the vantage of the drill`:                                            {Fault: "node.crash", On: "outside"},
	} {
		_, err := planning.ByHand(primaryBackup(t), nil, "a", wish)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v; want %s", wish, err, want)
		}
	}
}

func TestAWishThatTheRuntimeCannotFulfil(t *testing.T) {
	can := &planning.Capabilities{Abilities: []faults.Ability{faults.CanState}}
	_, err := planning.ByHand(primaryBackup(t), can, "a", planning.Wish{Fault: "node.freeze", On: "mx1"})
	if lacks := new(planning.Lacking); !errors.As(err, &lacks) || len(lacks.Needs) == 0 {
		t.Errorf("error %v; want what is lacking", err)
	}
}
