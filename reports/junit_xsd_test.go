package reports

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/hostile"
)

// xmllint validates files against the schema; it gives what it has against
// them.
func xmllint(t *testing.T, files []string) string {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("SKIPPED: junit.xml against its schema, because there is no xmllint (Debian: libxml2-utils)")
	}
	out, err := exec.Command("xmllint", append([]string{"--noout", "--nonet", "--schema", "testdata/junit.xsd"}, files...)...).CombinedOutput()
	if err == nil {
		return ""
	}
	return err.Error() + "\n" + string(out)
}

func written(t *testing.T, dir string, n int, text []byte) string {
	t.Helper()
	file := filepath.Join(dir, fmt.Sprintf("%d.xml", n))
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// Every JUnit file is valid, the hostile ones too, and one of many runs.
func TestJUnitAgainstSchema(t *testing.T) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) != len(samples) {
		t.Fatalf("%d golden files: %v", len(files), err)
	}
	dir := t.TempDir()
	var all []record.Record
	hostile.Records(func(_ string, r record.Record) {
		all = append(all, r)
		files = append(files, written(t, dir, len(files), junit(t, r)))
	})
	files = append(files, written(t, dir, len(files), junit(t, all...)), written(t, dir, len(files)+1, junit(t, hostile.Mixed())), written(t, dir, len(files)+2, junit(t)))
	if wrong := xmllint(t, files); wrong != "" {
		t.Errorf("%.2000s", wrong)
	}
}

// The schema sees what is wrong.
func TestSchemaFindsDefects(t *testing.T) {
	good, dir := string(junit(t, failed())), t.TempDir()
	for i, c := range []struct{ name, old, new string }{
		{"unknown element", "<properties>", "<oddities></oddities><properties>"}, {"unknown attribute", `<testcase name=`, `<testcase file="x" name=`},
		{"no class", ` classname="no-backup-mx.run"`, ""}, {"no message", ` message="missed: loss, rto.mx"`, ""}, {"bad time", `time="0.000"`, `time="soon"`},
		{"a type with a meaning", `type="failed"`, `type="array"`}, {"skipped", `skipped="0"`, `skipped="1"`}, {"late properties", "</properties>", "</properties><properties></properties>"},
		{"no name", `name="verdict"`, `name=""`}, {"not XML", "</testsuites>", ""},
	} {
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Fatalf("%s: nothing was planted", c.name)
		}
		if xmllint(t, []string{written(t, dir, i, []byte(bad))}) == "" {
			t.Errorf("%s was not found", c.name)
		}
	}
}

// GitLab shows the text of a problem and not its message, and identifies a case
// by class and name.
func TestJUnitForGitLab(t *testing.T) {
	for _, s := range samples {
		seen := map[string]bool{}
		for _, c := range suite(s.make()).Cases {
			if id := c.Class + " " + c.Name; seen[id] {
				t.Errorf("%s: %s is there twice", s.name, id)
			} else {
				seen[id] = true
			}
			for _, p := range []*junitProblem{c.Failure, c.Error} {
				if p != nil && (p.Message == "" || !strings.HasPrefix(p.Text, p.Message)) {
					t.Errorf("%s, %s: message %q, text %q", s.name, c.Name, p.Message, p.Text)
				}
			}
		}
	}
}

// In a suite a run is judged by what its scenario declares.
func TestJUnitAsDeclared(t *testing.T) {
	met := failed()
	met.Expect = &record.Expect{Verdict: record.Failed, Objectives: []string{"loss", "rto.mx"}, Met: true}
	surprise := passed()
	surprise.Expect = &record.Expect{Verdict: record.Failed}
	silent := passed()
	silent.Expect = nil
	for _, c := range []struct {
		name  string
		r     record.Record
		green bool
	}{{"missed, as declared", met, true}, {"passed, as declared", passed(), true}, {"passed, declared failed", surprise, false}, {"declares nothing", silent, false}, {"missed, not declared so", failed(), false}, {"dirty", dirty(), false}} {
		var out strings.Builder
		if err := JUnit(&out, []Run{{Record: c.r}}, Wish{Declared: true}); err != nil {
			t.Fatal(err)
		}
		if green := strings.Contains(out.String(), `failures="0" errors="0" time=`); green != c.green {
			t.Errorf("%s: green %v\n%s", c.name, green, out.String())
		}
		if c.name == "missed, as declared" && !strings.Contains(out.String(), "as declared: target at most 10 s, measured 97.5 s or more") {
			t.Errorf("what was missed is not told:\n%s", out.String())
		}
	}
}
