package coverage

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/faults"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/reports/history"
	"maildrill/reports/history/terminal"
	"maildrill/scenarios"
)

func yes() *bool { t := true; return &t }

func ran(name string, day int, edit func(*history.Run)) history.Run {
	r := history.Run{Folder: name + time.Duration(day).String(), Outcome: history.Passed, Runtime: "docker", Expected: yes(), Started: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)}
	r.Scenario = record.Scenario{Name: name, SHA256: "now"}
	if edit != nil {
		edit(&r)
	}
	return r
}

func find(t *testing.T, rows []Requirement, id string) Requirement {
	t.Helper()
	i := slices.IndexFunc(rows, func(r Requirement) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("no row %s", id)
	}
	return rows[i]
}

// TestRequirements: every id has its row, and the last run that counts is told.
func TestRequirements(t *testing.T) {
	library := []scenarios.Entry{
		{Kind: "Scenario", Name: "crash", Causes: []string{"server-failure"}, Mitigations: []string{"backup-mx", "dr-plan"}, Topology: "pair"},
		{Kind: "Scenario", Name: "twin", Causes: []string{"server-failure"}, Expect: &scenarios.Ending{Verdict: "failed", Objectives: []string{"rto.mx"}}},
	}
	runs := []history.Run{
		ran("crash", 2, nil),
		ran("crash", 9, func(r *history.Run) { r.Simulated = true }),
		ran("crash", 8, func(r *history.Run) { r.CopyOf = "x" }),
		ran("crash", 7, func(r *history.Run) { r.Outcome = history.NoRecord }),
		ran("crash", 1, func(r *history.Run) { r.Outcome = history.Failed }),
		ran("twin", 3, func(r *history.Run) { no := false; r.Expected = &no }),
	}
	rows := Requirements(library, runs, Versions{"crash": "now"})
	if len(rows) != len(scenarios.Causes())+len(scenarios.Mitigations()) {
		t.Errorf("%d rows", len(rows))
	}
	r := find(t, rows, "server-failure")
	if r.State != Answered || len(r.Answers) != 2 || r.Answers[0].Last.Started.Day() != 2 || !r.Answers[0].Last.AsDeclared || r.Answers[1].Last.AsDeclared {
		t.Errorf("%+v", r)
	}
	if r := find(t, rows, "ups"); r.State != Unanswered {
		t.Errorf("an empty row: %+v", r)
	}
	if r := find(t, rows, "dr-plan"); r.State != Pending || len(r.Answers) != 1 {
		t.Errorf("a row for people: %+v", r)
	}
	if r := find(t, Requirements(library, runs, Versions{"crash": "then"}), "backup-mx"); !r.Answers[0].Last.Other {
		t.Error("a run of another version is not told apart")
	}
	var out bytes.Buffer
	if err := terminal.Write(&out, Document(rows), terminal.Options{Width: 120}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NO SCENARIO", "pending: exercise", "failed (rto.mx)", "2026-01-02", "NOT as declared"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// TestMet: by the kind, by the family, and by where it strikes.
func TestMet(t *testing.T) {
	for _, c := range []struct {
		fault, place string
		has, lacks   Stage
	}{
		{"node.crash", "mx", Deferred, Read},
		{"node.crash", "store", Unsynced, Deferred},
		{"node.crash", "link to store", InLMTP, Read},
		{"storage.full", "mx", Incoming, Indexed},
		{"storage.full", "store", Indexed, Deferred},
		{"smtp.cut-after-eod", "link to mx", NextReplyGap, Streaming},
		{"imap.bye", "store", Read, InLMTP},
		{"net.latency", "link to nothing-known", Streaming, Read},
	} {
		got := Met(c.fault, c.place)
		if !slices.Contains(got, c.has) || slices.Contains(got, c.lacks) {
			t.Errorf("%s at %s meets %v", c.fault, c.place, got)
		}
	}
	if got := Met("node.crash", "custom"); len(got) != 0 {
		t.Errorf("of a server that nobody knows, %v is claimed", got)
	}
	for _, row := range met {
		if row.fault != "" && !slices.ContainsFunc(faults.Catalogue, func(k faults.Kind) bool {
			return k.ID == row.fault || strings.HasSuffix(row.fault, ".") && strings.HasPrefix(k.ID, row.fault)
		}) {
			t.Errorf("the row of %s fits no fault of the catalogue", row.fault)
		}
	}
}

// TestOf: what is not covered is said.
func TestOf(t *testing.T) {
	plan := &planning.Plan{Topology: topology.Topology{Nodes: []topology.Node{{Name: "mail1", Roles: []topology.Role{topology.MX, topology.Store}}}}}
	plan.Scenario.Metadata.Name = "crash"
	plan.Steps = []planning.Step{{Kind: faults.Kind{ID: "node.crash"}, Targets: []planning.Aimed{{Node: "mail1"}}}, {Action: "restart", Targets: []planning.Aimed{{Node: "mail1"}}}}
	c := Of([]scenarios.Entry{{Kind: "Scenario", Name: "crash", Causes: []string{"server-failure"}}}, []*planning.Plan{plan})
	if len(c.Faults) != 2 || c.Faults[0].Place != "mx" || c.Faults[1].Place != "store" || slices.Contains(c.Faults[1].Stages, FlagOp) {
		t.Errorf("faults %+v", c.Faults)
	}
	if slices.Contains(c.Unused, "node.crash") || !slices.Contains(c.Unused, "net.loss") || !slices.Contains(c.Unmet, BackingUp) || slices.Contains(c.Unmet, Read) {
		t.Errorf("unused %v, unmet %v", c.Unused, c.Unmet)
	}
	for _, wide := range []bool{false, true} {
		var out bytes.Buffer
		if err := terminal.Write(&out, c.Document(wide), terminal.Options{Width: 120}); err != nil || !strings.Contains(out.String(), "backup in progress") {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
