package record

import (
	"slices"
	"strings"
	"testing"
)

func yes() *bool { v := true; return &v }

// whole is the least that an audit run needs.
func whole() Evidence {
	return Evidence{
		Exercise: "functional", Environment: "replica", Differences: []string{"one node a role, production has three"},
		Basis: Basis{Plan: "DRP-7"}, Objectives: Mandate{Owner: "Head of Sales"},
		Participants:  []Participant{{Role: "operator", Name: "Ann", Attended: yes()}},
		Authorisation: Authorisation{Approver: "Bob"},
	}
}

func TestWhatAnAuditRunNeeds(t *testing.T) {
	no := false
	for _, c := range []struct {
		name   string
		change func(*Evidence)
		want   string // field and path
	}{
		{"whole", func(*Evidence) {}, ""},
		{"an analysis is as good as a plan", func(e *Evidence) { e.Basis = Basis{BIA: "BIA 4"} }, ""},
		{"a second operator", func(e *Evidence) {
			e.Participants = append(e.Participants, Participant{Role: "operator", Name: "Cy", Attended: yes()})
		}, ""},
		{"no exercise", func(e *Evidence) { e.Exercise = "" }, "E02 exercise"},
		{"an exercise that is none", func(e *Evidence) { e.Exercise = "fire" }, "E02 exercise"},
		{"no environment", func(e *Evidence) { e.Environment = "" }, "E05 environment"},
		{"no differences", func(e *Evidence) { e.Differences = nil }, "E05 differences"},
		{"empty differences", func(e *Evidence) { e.Differences = []string{"", " \t", "...", "None", "?"} }, "E05 differences"},
		{"staging has differences too", func(e *Evidence) { e.Environment, e.Differences = "staging", nil }, "E05 differences"},
		{"production is no way round them", func(e *Evidence) { e.Environment, e.Differences = "production", nil }, "E05 differences"},
		{"no basis", func(e *Evidence) { e.Basis = Basis{Risk: "R1", PlanVersion: "3", Runbook: "x"} }, "E06 basis"},
		{"a plan that is to be done", func(e *Evidence) { e.Basis.Plan = " TBD " }, "E06 basis"},
		{"no owner", func(e *Evidence) { e.Objectives.Owner = "\u200b" }, "E08 objectives.owner"},
		{"nobody", func(e *Evidence) { e.Participants = nil }, "E09 participants"},
		{"an operator without a name", func(e *Evidence) { e.Participants[0].Name = "" }, "E09 participants"},
		{"an operator who did not come", func(e *Evidence) { e.Participants[0].Attended = &no }, "E09 participants"},
		{"an operator who may have come", func(e *Evidence) { e.Participants[0].Attended = nil }, "E09 participants"},
		{"observers only", func(e *Evidence) { e.Participants[0].Role = "observer" }, "E09 participants"},
		{"no approver", func(e *Evidence) { e.Authorisation = Authorisation{Change: "CHG-1"} }, "E10 authorisation.approver"},
		{"approved by the operator", func(e *Evidence) { e.Authorisation.Approver = "Ann" }, "E10 authorisation.approver"},
		{"approved by the operator in disguise", func(e *Evidence) { e.Authorisation.Approver = " a\u200bNN\u202e\n" }, "E10 authorisation.approver"},
		{"approved by the second operator", func(e *Evidence) {
			e.Participants = append(e.Participants, Participant{Role: "operator", Name: "BOB", Attended: yes()})
		}, "E10 authorisation.approver"},
		{"nothing", func(e *Evidence) { *e = Evidence{} },
			"E02 exercise, E05 environment, E05 differences, E06 basis, E08 objectives.owner, E09 participants, E10 authorisation.approver"},
	} {
		e := whole()
		c.change(&e)
		var got []string
		for _, w := range e.Wanting() {
			got = append(got, w.Field+" "+w.Path)
			if w.Why == "" {
				t.Errorf("%s: %s says nothing", c.name, w.Path)
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: wants %q, should want %q", c.name, s, c.want)
		}
	}
}

func TestNoEvidenceWantsEveryField(t *testing.T) {
	var none *Evidence
	var got []string
	for _, w := range none.Wanting() {
		got = append(got, w.Field)
	}
	if want := []string{"E02", "E05", "E06", "E08", "E09", "E10"}; !slices.Equal(slices.Compact(got), want) || !slices.Equal(Demanded(), want) {
		t.Errorf("wants %v, demanded %v, should be %v", got, Demanded(), want)
	}
}

// A record without evidence is as long as it was.
func TestEvidenceIsLeftOutWhereThereIsNone(t *testing.T) {
	out, err := Marshal(Record{Schema: Schema})
	if err != nil || strings.Contains(string(out), "evidence") || strings.Contains(string(out), "audit") {
		t.Errorf("%v\n%s", err, out)
	}
	e := Evidence{Exercise: "automated"}
	out, err = Marshal(Record{Schema: Schema, Audit: true, Evidence: &e})
	if err != nil || !strings.Contains(string(out), "\"audit\": true") || strings.Contains(string(out), "basis") {
		t.Errorf("%v\n%s", err, out)
	}
}
