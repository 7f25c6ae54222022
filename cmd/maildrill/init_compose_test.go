package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// composeProjects are written after the files that three projects publish, and one is of
// nobody's images; each has the defects that somebody's own has.
var composeProjects = []struct {
	name, file string
	findings   []string
	secrets    []string
	leftOut    []string
}{
	{"dms", "docker-mailserver/compose.yaml", []string{"queue-on-no-volume"}, []string{"s3cret-of-the-relay"}, nil},
	{"mailu", "mailu/compose.yaml", []string{"hop-by-container-name"}, []string{"Q4X2M7T9B1C8V5N3", "T0ken-Of-The-Interface"}, []string{"webmail"}},
	{"exim", "exim/compose.yaml", []string{"queue-on-no-volume"}, nil, nil},
	{"mailcow", "mailcow/docker-compose.yml", []string{"fsync-never", "certificate-renewed-not-reloaded"},
		[]string{"kT9vWq2LxZ7b", "Zp4sRn8HyUc3", "mJ6gQe1XtF5d"}, []string{"watchdog-mailcow", "netfilter-mailcow", "dockerapi-mailcow"}},
}

// TestInitFromCompose makes a topology and a drill of each project: valid, found
// wanting, and without a secret.
func TestInitFromCompose(t *testing.T) {
	testdata, err := filepath.Abs("testdata/compose")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, c := range composeProjects {
		code, said, stderr := commanded(t, "init", c.name, "--compose", filepath.Join(testdata, c.file))
		if code != exitPassed || strings.Contains(said, "could not be read") {
			t.Fatalf("%s: exit %d\n%s%s", c.name, code, said, stderr)
		}
		for _, service := range c.leftOut {
			if !strings.Contains(said, "- "+service+": the service") {
				t.Errorf("%s: nothing is said of %s:\n%s", c.name, service, said)
			}
		}
		if code, stdout, stderr := commanded(t, "validate", c.name+".yaml", c.name+"-mail.yaml"); code != exitPassed {
			t.Errorf("%s: exit %d\n%s%s", c.name, code, stdout, stderr)
		}
		text, err := os.ReadFile(c.name + "-mail.yaml")
		for _, secret := range c.secrets {
			if err != nil || strings.Contains(string(text)+said, secret) {
				t.Errorf("%s: %v, or the secret %q was copied", c.name, err, secret)
			}
		}
		for _, args := range [][]string{{"inspect", c.name + "-mail.yaml"}, {"inspect", "--compose", filepath.Join(testdata, c.file)}} {
			code, found, stderr := commanded(t, args...)
			for _, id := range c.findings {
				if code != exitPassed || !strings.Contains(found, "  "+id+"\n") {
					t.Errorf("%v: exit %d, %s is not found in\n%s%s", args, code, id, found, stderr)
				}
			}
		}
	}
}

// TestScenarioOnCompose: a scenario names the project itself; what is wrong in it is
// said with its place.
func TestScenarioOnCompose(t *testing.T) {
	testdata, err := filepath.Abs("testdata/compose")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if code, stdout, stderr := commanded(t, "init", "first", "--compose", filepath.Join(testdata, "mailu/compose.yaml")); code != exitPassed {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	text, err := os.ReadFile("first.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for with, want := range map[string]string{
		"{compose: " + testdata + "/mailu/compose.yaml, set: {nodes.imap.supervised: true}}": "",
		"{compose: ./gone.yaml}": "gone.yaml",
		"{compose: " + testdata + "/mailu/compose.yaml, roles: {imap: [store], smtp: [postman]}}": "postman",
		"{compose: " + testdata + "/mailu/compose.yaml, colour: red}":                             "colour",
	} {
		lines := strings.Split(string(text), "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "topology:") {
				lines[i] = "topology: " + with
			}
		}
		if err := os.WriteFile("second.yaml", []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := commanded(t, "validate", "second.yaml")
		if want == "" && code != exitPassed || want != "" && (code != exitInvalid || !strings.Contains(stdout+stderr, want) || !strings.Contains(stdout+stderr, "second.yaml:16:")) {
			t.Errorf("%s: exit %d\n%s%s", with, code, stdout, stderr)
		}
	}
	if code, _, stderr := commanded(t, "init", "x", "--compose", "x.yaml", "--postfix", "/etc/postfix"); code != exitUsage || !strings.Contains(stderr, "--compose stands alone") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
