package gameday

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/exercise"
	"maildrill/scenarios"
)

// A step that people release starts after a manual one, which starts when the step
// would have; the drill is a valid scenario again.
func TestStage(t *testing.T) {
	day, problems, err := scenarios.FindGameDay("lost-primary-store")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	doc, _, err := scenarios.Find(day.GameDay.Scenario)
	if err != nil {
		t.Fatal(err)
	}
	staged, problems := Stage(day, doc.Scenario)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	text, err := scenarios.Marshal(staged)
	if err != nil {
		t.Fatal(err)
	}
	again, problems := scenarios.Parse("staged.yaml", text)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	at := func(id string) scenarios.Step {
		i := slices.IndexFunc(again.Scenario.Timeline, func(s scenarios.Step) bool { return s.ID == id })
		if i < 0 {
			t.Fatalf("there is no step %s", id)
		}
		return again.Scenario.Timeline[i]
	}
	gate, step := at("release-disk-lost"), at("disk-lost")
	if gate.Action != "manual" || !slices.Equal(gate.After, scenarios.StringList{"last-backup"}) || !slices.Equal(step.After, scenarios.StringList{gate.ID}) || step.At != nil {
		t.Errorf("%+v\n%+v", gate, step)
	}
	if at("release-close").At == nil {
		t.Error("the gate of a step with a time has none")
	}
	if len(doc.Scenario.Timeline) == len(staged.Timeline) {
		t.Error("the scenario itself was changed")
	}
}

func TestStageWhatIsNotThere(t *testing.T) {
	doc, _, _ := scenarios.Find("backup-mx-takes-over")
	day, problems := scenarios.Parse("d.yaml", []byte(strings.Replace(table, "form: tabletop", "form: functional\nscenario: backup-mx-takes-over", 1)+
		"  - {id: a, title: a, step: crush}\n  - {id: b, title: b, step: crash}\n  - {id: c, title: c, step: crash}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, problems = Stage(day, doc.Scenario)
	if len(problems) != 2 || !strings.Contains(problems[0].Error(), `did you mean "crash"`) || !strings.Contains(problems[1].Error(), "already") {
		t.Errorf("%v", problems)
	}
}

func TestRegressions(t *testing.T) {
	high := func(v float64) *float64 { return &v }
	drill := func(v float64) exercise.Drill {
		return exercise.Drill{Objectives: []exercise.Objective{{Name: "rto.mx", High: high(v)}}}
	}
	before := []exercise.Drill{drill(10), drill(11), drill(12)}
	for worst, want := range map[float64]int{11: 0, 13: 0, 14: 1, 40: 1} {
		if got := regressions(drill(worst), before); len(got) != want {
			t.Errorf("%g after 10, 11 and 12: %v", worst, got)
		}
	}
	if got := regressions(drill(1.5), []exercise.Drill{drill(1)}); len(got) != 0 {
		t.Errorf("half a second is no regression: %v", got)
	}
}

// A drill of which nothing was measured is nothing to compare with.
func TestWhatIsComparedWith(t *testing.T) {
	ten := 10.
	drill := func(verdict, objective string, high *float64) *exercise.Drill {
		return &exercise.Drill{Verdict: verdict, Objectives: []exercise.Objective{{Name: objective, High: high}}}
	}
	for name, c := range map[string]struct {
		now, before *exercise.Drill
		want        int
	}{
		"both":              {drill("passed", "rto.mx", &ten), drill("failed", "rto.mx", &ten), 1},
		"it is open":        {drill("passed", "rto.mx", &ten), drill("failed", "rto.mx", nil), 0},
		"it has no verdict": {drill("passed", "rto.mx", &ten), drill("inconclusive", "rto.mx", &ten), 0},
		"another objective": {drill("passed", "rto.mx", &ten), drill("passed", "rto.imap", &ten), 0},
		"now has none":      {drill("inconclusive", "rto.mx", &ten), drill("passed", "rto.mx", &ten), 0},
		"no drill":          {nil, drill("passed", "rto.mx", &ten), 0},
	} {
		var f exercise.Facts
		now := exercise.Record{ID: "2", Name: "day", Created: time.Unix(2, 0), Drill: c.now}
		Follow(&f, now, nil, []exercise.Record{{ID: "1", Name: "day", Created: time.Unix(1, 0), Drill: c.before}}, time.Unix(3, 0))
		if f.Compared != c.want {
			t.Errorf("%s: compared with %d", name, f.Compared)
		}
	}
}
