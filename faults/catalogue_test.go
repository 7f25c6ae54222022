package faults_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"maildrill/faults"
)

var update = flag.Bool("update", false, "rewrite README.md from the catalogue")

// with decodes YAML text as the parameters of a fault, strictly.
func with(text string) func(any) error {
	return func(into any) error {
		if text == "" {
			return nil
		}
		dec := yaml.NewDecoder(strings.NewReader(text))
		dec.KnownFields(true)
		return dec.Decode(into)
	}
}

// required are the parameters without which a kind cannot be made.
var required = map[string]string{"process.kill": "name: qmgr", "process.stop": "name: qmgr"}

func kind(t *testing.T, id string) faults.Kind {
	t.Helper()
	k, err := faults.Lookup(id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestReadmeIsTheCatalogue(t *testing.T) {
	var page bytes.Buffer
	if err := faults.Document(&page, faults.Catalogue); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("README.md", page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, page.Bytes()) {
		t.Error("README.md is not what the catalogue says; run: go test ./faults -update")
	}
}

func TestEveryRowIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range faults.Catalogue {
		if seen[k.ID] {
			t.Errorf("%s is listed twice", k.ID)
		}
		seen[k.ID] = true
		for _, text := range []string{k.ID, k.Title, k.StandsFor, k.Mechanism, k.Proof, k.Undo} {
			if text == "" || strings.HasSuffix(text, ".") {
				t.Errorf("%s: text %q is empty or ends with a full stop", k.ID, text)
			}
		}
		if len(k.Needs) == 0 {
			t.Errorf("%s needs no ability", k.ID)
		}
		for _, p := range k.Params {
			if p.Name == "" || p.Type == "" || p.Default == "" || p.Doc == "" {
				t.Errorf("%s: parameter %+v is not whole", k.ID, p)
			}
		}
	}
}

// The parameters that are documented are those that are decoded.
func TestParametersAreTheDocumentedOnes(t *testing.T) {
	for _, k := range faults.Catalogue {
		for _, p := range k.Params {
			text := p.Name + ": " + p.Default
			if p.Default == "(required)" {
				text = required[k.ID]
			} else if r := required[k.ID]; r != "" {
				text += "\n" + r
			}
			if _, err := k.New(with(text)); err != nil {
				t.Errorf("%s with %q: %v", k.ID, text, err)
			}
		}
		if _, err := k.New(with("unheard-of: 1\n" + required[k.ID])); err == nil {
			t.Errorf("%s took a parameter that does not exist", k.ID)
		}
	}
}

func TestParametersAreRefused(t *testing.T) {
	for _, c := range []struct{ kind, with, want string }{
		{"node.crash", "supervised: perhaps", "bool"},
		{"node.stop", "grace: 10", "Duration"},
		{"node.stop", "grace: -1s", "valid: 0s to 10m0s"},
		{"node.stop", "grace: 11m", "valid: 0s to 10m0s"},
		{"node.flap", "period: 500ms", "valid: 1s and more"},
		{"node.flap", "duty: 0.5", "valid: a percentage such as 50%"},
		{"node.flap", "duty: 100%", "less than 100%"},
		{"node.flap", "duty: 0%", "more than 0%"},
		{"node.flap", "duty: half%", "valid: a percentage"},
		{"node.flap", "duty: NaN%", "more than 0%"},
		{"node.flap", "count: -1", "valid: 0 and more"},
		{"process.kill", "", "name is missing"},
		{"process.kill", "name: /usr/lib/postfix/sbin/qmgr", "the kernel keeps the first 15"},
		{"process.kill", "name: sbin/qmgr", "without path and arguments"},
		{"process.stop", "{}", "name is missing"},
		{"process.stop", "name: master -w", "without path and arguments"},
	} {
		_, err := kind(t, c.kind).New(with(c.with))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: error %v, want one with %q", c.kind, c.with, err, c.want)
		}
	}
}

func TestLookup(t *testing.T) {
	if _, err := faults.Lookup("node.explode"); err == nil {
		t.Error("an unknown fault was found")
	}
}

func TestPasses(t *testing.T) {
	for _, c := range []struct {
		kind, with string
		want       bool
	}{
		{"process.kill", "name: qmgr", true}, {"process.kill", "name: qmgr\nagain: true", false}, {"node.crash", "", false},
	} {
		k := kind(t, c.kind)
		f, err := k.New(with(c.with))
		if err != nil {
			t.Fatal(err)
		}
		if got := k.Passes(f); got != c.want {
			t.Errorf("%s with %q passes by itself: %v, want %v", c.kind, c.with, got, c.want)
		}
	}
}
