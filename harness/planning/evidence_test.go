package planning_test

import (
	"strings"
	"testing"

	"maildrill/harness/planning"
	"maildrill/harness/record"
)

// drilled is a scenario without a word about people.
const drilled = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: audited}
topology: primary-backup-mx
phases: {observe: 60s}
timeline:
  - {id: crash, at: 0s, fault: node.crash, on: mx1, for: 5s}
objectives: {loss: {max: 0}}
`

const people = `audit: true
evidence:
  exercise: functional
  environment: replica
  differences: [one host]
  basis: {plan: DRP-7}
  objectives: {owner: Head of Sales}
  participants:
    - {role: operator, name: Ann, attended: true}
  authorisation: {approver: Dan}
`

func TestAnAuditDrillIsRefusedWithoutItsPeople(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         []string // one for each mistake, in order
	}{
		{"not an audit", drilled, nil},
		{"whole", drilled + people, nil},
		{"nothing", drilled + "audit: true\n", []string{
			"cut.yaml:9:8: an audit needs E02: the type of the exercise is missing: write `exercise:`",
			"cut.yaml:9:8: an audit needs E05: nobody says where", "E05: nobody says how", "E06: ", "E08: ", "E09: ", "E10: nobody approved"}},
		{"no owner", drilled + strings.Replace(people, "owner: Head of Sales", "source: BIA", 1), []string{"cut.yaml:15:15: an audit needs E08: "}},
		{"an owner that is blank", drilled + strings.Replace(people, "Head of Sales", `" "`, 1), []string{"cut.yaml:15:23: an audit needs E08: "}},
		{"approved by the operator", drilled + strings.Replace(people, "Dan", "ann", 1), []string{"cut.yaml:18:29: an audit needs E10: the approver is the operator too"}},
		{"a misspelt exercise is told once", drilled + strings.Replace(people, "functional", "functonal", 1), []string{`cut.yaml:11:13: unknown value "functonal"`}},
		{"an exercise to fill in", drilled + strings.Replace(people, "functional", `""`, 1), []string{"cut.yaml:11:13: an audit needs E02: "}},
		{"a misspelt role", drilled + strings.Replace(people, "role: operator", "role: opertor", 1), []string{"an audit needs E09", `unknown value "opertor"`}},
	} {
		plan, problems := compile(t, c.source, nil)
		sorted := problems.Sorted()
		if len(sorted) != len(c.want) || (plan == nil) != (len(c.want) > 0) && !strings.Contains(problems.Error(), "unknown value") {
			t.Errorf("%s: plan %v, %d mistakes, want %d:\n%v", c.name, plan != nil, len(sorted), len(c.want), problems)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(sorted[i].Error(), want) {
				t.Errorf("%s: %s, want %s", c.name, sorted[i].Error(), want)
			}
		}
	}
}

func TestTheTemplateIsNamedOnce(t *testing.T) {
	text := mistakes(t, drilled+"audit: true\n", nil)
	if n := strings.Count(text, "maildrill evidence template"); n != 1 {
		t.Errorf("named %d times:\n%s", n, text)
	}
}

func TestAnAuditDrillIsRefusedOnSimulatedServers(t *testing.T) {
	can := inProcess(t)
	can.Simulated = true
	if got := mistakes(t, drilled+people, can); !strings.Contains(got, "cut.yaml:9:8: an audit drill on simulated servers") {
		t.Errorf("an audit drill: %s", got)
	}
	if got := mistakes(t, drilled, can); got != "" {
		t.Errorf("an ordinary drill: %s", got)
	}
}

// The judge is told all that people said.
func TestTheSpecHasTheEvidence(t *testing.T) {
	plan, problems := compile(t, drilled+people, nil)
	if plan == nil {
		t.Fatal(problems)
	}
	spec := plan.Spec()
	if !spec.Audit || len(spec.Evidence.Wanting()) != 0 || spec.Evidence.Participants[0].Name != "Ann" || !plan.Scenario.Audit {
		t.Errorf("audit %v, evidence %+v", spec.Audit, spec.Evidence)
	}
	var text strings.Builder
	if err := planning.Describe(plan).Write(&text); err != nil || !strings.Contains(text.String(), "Audit\n  - the record is meant for an audit: it needs E02, E05, E06, E08, E09, E10") {
		t.Errorf("%v\n%s", err, text.String())
	}
	plain, _ := compile(t, drilled, nil)
	if spec := plain.Spec(); spec.Audit || spec.Evidence != nil {
		t.Errorf("without: audit %v, evidence %+v", spec.Audit, spec.Evidence)
	}
}

// The loader takes exactly the words that the judge takes.
func TestTheWordsOfEvidenceAgree(t *testing.T) {
	for key, words := range map[string][]string{"exercise": record.Exercises, "environment": record.Environments} {
		for _, word := range words {
			if got := mistakes(t, drilled+"evidence: {"+key+": "+word+"}\n", nil); got != "" {
				t.Errorf("%s %s: %s", key, word, got)
			}
		}
		got := mistakes(t, drilled+"evidence: {"+key+": nothing}\n", nil)
		if !strings.HasSuffix(got, "; valid: "+strings.Join(words, ", ")) {
			t.Errorf("%s: the loader says %s, the judge %v", key, got, words)
		}
	}
	got := mistakes(t, drilled+"evidence: {participants: [{role: cook, name: x}]}\n", nil)
	if !strings.HasSuffix(got, "; valid: "+strings.Join(record.Roles, ", ")) {
		t.Errorf("roles: the loader says %s, the record %v", got, record.Roles)
	}
}
