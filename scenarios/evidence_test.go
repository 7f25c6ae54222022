package scenarios

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// evidenceExample is the file of evidence in the README.
func evidenceExample(t testing.TB) []byte {
	t.Helper()
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```yml\n(apiVersion: maildrill/v1\nkind: Evidence\n.*?)```").FindSubmatch(src)
	if m == nil {
		t.Fatal("the README shows no file of evidence")
	}
	return m[1]
}

// evidenceFile writes a file of evidence and reads it.
func evidenceFile(t *testing.T, src string) *Document {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.yaml")
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	doc, problems, err := LoadEvidence(path)
	if err != nil || len(problems) > 0 {
		t.Fatalf("LoadEvidence: %v %v", problems, err)
	}
	doc.File = "people.yaml"
	return doc
}

// audited says something in every key.
const audited = sample + `
audit: true
evidence:
  exercise: functional
  environment: replica
  differences: ["one node a role: three in production", "yes"]
  exclusions: ["web mail"]
  basis: {bia: BIA-4, risk: R-12, plan: DRP-7, plan_version: 3.10, runbook: RB-2}
  objectives: {owner: Head of Sales, approved: 2026-03-01, source: BIA-4}
  participants:
    - {role: operator, name: Ann, organisation: IT, attended: true}
    - {role: observer, name: "\u202eBob\u0007", attended: false}
    - {role: auditor, name: Cy}
  authorisation: {approver: Dan, change: CHG-1, blast_radius: the drill's own containers, abort: lost mail}
  classification: internal
`

func TestEvidenceReplays(t *testing.T) {
	d, problems := Parse("audit.yaml", []byte(audited))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	replay(t, d)
	e := d.Scenario.Evidence
	if !d.Scenario.Audit || e.Basis.PlanVersion != "3.10" || e.Objectives.Approved != "2026-03-01" {
		t.Errorf("audit %v, evidence %+v", d.Scenario.Audit, e)
	}
	if p := e.Participants; !*p[0].Attended || *p[1].Attended || p[2].Attended != nil {
		t.Errorf("participants %+v", p)
	}
	for i, v := 0, reflect.ValueOf(*e); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the sample says nothing in %s", v.Type().Field(i).Name)
		}
	}
}

func TestEvidenceOfTheReadmeIsValid(t *testing.T) {
	doc := evidenceFile(t, string(evidenceExample(t)))
	if doc.Evidence == nil || doc.Evidence.Exercise == "" || doc.Evidence.Authorisation.Approver == "" {
		t.Errorf("evidence %+v", doc.Evidence)
	}
}

// The template is valid, says nothing yet, and shows every key.
func TestEvidenceTemplate(t *testing.T) {
	doc := evidenceFile(t, string(EvidenceTemplate))
	yes := true
	if got, want := *doc.Evidence, (Evidence{Participants: []Participant{{Role: "operator", Attended: &yes}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("the template says %+v", got)
	}
	for _, typ := range documented {
		switch typ.Name() {
		case "Evidence", "Basis", "Mandate", "Participant", "Authorisation":
			for _, key := range keysOf(fieldsOf(typ)) {
				if !strings.Contains(string(EvidenceTemplate), key+":") {
					t.Errorf("the template does not show %s.%s", typ.Name(), key)
				}
			}
		}
	}
	for _, word := range append(append([]string{}, exercises...), append(environments, roles...)...) {
		if !strings.Contains(string(EvidenceTemplate), word) {
			t.Errorf("the template does not name %s", word)
		}
	}
}

const people = `# of one execution
apiVersion: maildrill/v1
kind: Evidence
evidence:
  exercise: simulation
  authorisation:
    change: CHG-2
`

// parsedWith is the sample with evidence of its own and of a file.
func parsedWith(t *testing.T, src, file string, sets ...string) (*Document, Problems) {
	t.Helper()
	return whole("audit.yaml", []byte(src), given{evidence: evidenceFile(t, file), sets: sets})
}

func TestAFileOfEvidenceReplacesWholeKeys(t *testing.T) {
	d, problems := parsedWith(t, audited, people, "evidence.basis.bia=BIA-5", "evidence.authorisation.abort=now")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	replay(t, d)
	e := d.Scenario.Evidence
	if e.Exercise != "simulation" || e.Environment != "replica" || len(e.Participants) != 3 || e.Basis.BIA != "BIA-5" || e.Basis.Plan != "DRP-7" {
		t.Errorf("evidence %+v", e)
	}
	if want := (Authorisation{Change: "CHG-2", Abort: "now"}); e.Authorisation != want {
		t.Errorf("a decision made of two: %+v", e.Authorisation)
	}
	alone, problems := parsedWith(t, sample, people)
	if len(problems) > 0 || alone.Scenario.Evidence == nil || alone.Scenario.Evidence.Exercise != "simulation" {
		t.Errorf("a scenario without evidence: %v, %+v", problems, alone.Scenario.Evidence)
	}
}

// The file of evidence serves several scenarios, and stays as it is.
func TestAFileOfEvidenceIsNotChanged(t *testing.T) {
	file := evidenceFile(t, people)
	for range 2 {
		d, problems := whole("audit.yaml", []byte(audited), given{evidence: file, sets: []string{"evidence.authorisation.approver=Eve"}})
		if len(problems) > 0 || d.Scenario.Evidence.Authorisation.Approver != "Eve" {
			t.Fatalf("%v, %+v", problems, d.Scenario.Evidence)
		}
	}
	if got := file.Scalar("evidence.authorisation.approver"); got != "" || file.Evidence.Authorisation.Approver != "" {
		t.Errorf("the file has the approver %q", got)
	}
}

// A mistake is shown in the file that made it.
func TestEvidenceIsPositionedInItsFile(t *testing.T) {
	d, problems := parsedWith(t, audited, people)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct{ path, want string }{
		{"evidence.exercise", "people.yaml:5:13"},
		{"evidence.authorisation.change", "people.yaml:7:13"},
		{"evidence.authorisation.approver", "people.yaml:6:3"},
		{"evidence.nothing", "people.yaml:4:1"},
		{"evidence.basis.bia", "audit.yaml:20:16"},
		{"timeline[0].fault", "audit.yaml:8:12"},
	} {
		p := d.Problem(c.path, "m", "")
		if got := strings.TrimSuffix(p.where(), ": "); got != c.want {
			t.Errorf("%s at %s, want %s", c.path, got, c.want)
		}
		if p.Source == "" {
			t.Errorf("%s shows no line", c.path)
		}
	}
	bad := Document{}
	if _, problems := whole("audit.yaml", []byte(audited), given{evidence: &bad}); len(problems) > 0 {
		t.Errorf("an empty document of evidence: %v", problems)
	}
	_, problems = whole("audit.yaml", []byte(sample+"\nevidence: [a]\n"), given{evidence: evidenceFile(t, people)})
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "audit.yaml:") {
		t.Errorf("evidence that is a list, and a file: %v", problems)
	}
}

func TestLoadEvidenceRefuses(t *testing.T) {
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for text, want := range map[string]string{
		sample:   ":2:7: this is no file of evidence",
		"":       "the file is empty",
		"\x00":   "a NUL byte",
		"a: [":   "not YAML",
		"a: b\n": "this is no file of evidence",
		"kind: Evidence\nevidence: {exercise: functional}\n":                                         "key `apiVersion` is missing in a file of evidence",
		"apiVersion: maildrill/v1\nkind: Evidence\nevidence: {exercise: dance}\n":                    `:3:22: unknown value "dance" for ` + "`exercise`",
		"apiVersion: maildrill/v1\nkind: Evidence\nevidence: {objectives: {approved: 2026-13-01}}\n": "no day of the calendar",
	} {
		_, problems, err := LoadEvidence(write("people.yaml", text))
		if err != nil || !strings.Contains(problems.Error(), want) {
			t.Errorf("LoadEvidence(%q): %v %v, want %q", text, problems, err, want)
		}
	}
	if _, _, err := LoadEvidence(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is missing: no error")
	}
}
