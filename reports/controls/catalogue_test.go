package controls

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maildrill/scenarios"
)

func TestTheShippedCatalogueIsSound(t *testing.T) {
	c, err := Load(shipped, "catalogue")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{
		"iso27001:A.5.30", "nist80053:CP-4(3)", "soc2:A1.3", "iso22301:8.5", "dora:11(6)", "nis2:21(2)(c)",
		"hipaa:164.308(a)(7)(ii)(D)", "pcidss:12.10.2", "ffiec:VII.K", "csf2:RC.RP-03", "nist80034:reconstitution", "nist80084:after-action",
	} {
		if k, ok := c.Find(id); !ok || k.ID != id || k.Edition == "" {
			t.Errorf("%s: %v, %+v", id, ok, k)
		}
	}
	if ids := c.IDs(); len(ids) < 80 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("%d controls, some twice", len(ids))
	}
	if got, _ := c.Find("nis2:CIR-4.2.6"); !strings.Contains(got.Edition, "2024/2690") {
		t.Errorf("an edition of its own: %+v", got)
	}
	if _, ok := c.Find("A.5.30"); ok {
		t.Error("an id without its framework was found")
	}
}

// Every field is asked for by some control: else it is dead weight.
func TestEveryFieldIsAskedFor(t *testing.T) {
	asked := map[string]bool{"E01": true, "E05": true} // the record itself, and page one
	for _, f := range Shipped() {
		for _, k := range f.Controls {
			for _, id := range k.Fields {
				asked[id] = true
			}
		}
	}
	for _, f := range Fields {
		if !asked[f.ID] {
			t.Errorf("no control asks for %s", f.ID)
		}
	}
}

// What scenarios of the library name is in the catalogue.
func TestControlsOfTheLibraryResolve(t *testing.T) {
	used := 0
	for _, e := range scenarios.Library() {
		find := scenarios.Find
		if e.Kind == "Topology" {
			find = scenarios.FindTopology
		}
		doc, _, err := find(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		if doc.Scenario != nil {
			ids = doc.Scenario.Metadata.Controls
		} else {
			ids = doc.Topology.Metadata.Controls
		}
		for _, id := range ids {
			used++
			if _, ok := Shipped().Find(id); !ok {
				t.Errorf("%s names %s, which is not in the catalogue", e.Name, id)
			}
		}
	}
	if used == 0 {
		t.Error("no scenario names a control")
	}
}

// normative are words of standards, which are not ours.
var normative = regexp.MustCompile(`(?i)\bshall\b|\bthe (organi[sz]ation|entity|relevant entities)\b|["“”]`)

func TestSummariesAreShortAndOurs(t *testing.T) {
	for _, f := range Shipped() {
		for _, k := range f.Controls {
			for what, text := range map[string]string{"summary": k.Summary, "output": k.Output, "note": k.Note} {
				if n := len(strings.Fields(text)); n >= 25 {
					t.Errorf("%s: a %s of %d words", k.ID, what, n)
				}
				if w := normative.FindString(text); w != "" {
					t.Errorf("%s: the %s says %q, as standards do", k.ID, what, w)
				}
			}
			if !strings.HasSuffix(k.Summary, ".") || strings.HasSuffix(k.Output, ".") {
				t.Errorf("%s: a summary is a sentence, an output is none", k.ID)
			}
		}
	}
}

const sound = `framework: x
title: X
edition: "1"
controls:
  - id: A.1
    summary: Somebody looks.
    fields: [E14]
    output: results
    coverage: direct
  - id: A.2
    edition: "2"
    summary: Somebody learns.
    fields: [E20]
    output: lessons
    coverage: partial
    note: of people
`

func load(src string) (Catalogue, error) {
	return Load(fstest.MapFS{"c/x.yaml": {Data: []byte(src)}}, "c")
}

func TestLoadRefuses(t *testing.T) {
	c, err := load(sound)
	if err != nil || len(c) != 1 || c[0].Controls[0].Edition != "1" || c[0].Controls[1].Edition != "2" || c[0].Controls[1].ID != "x:A.2" {
		t.Fatalf("%v %+v", err, c)
	}
	for _, c := range []struct{ from, to, want string }{
		{"framework: x", "framework: y", `c/x.yaml:1: framework "y" is in a file of another name`},
		{"title: X", "title: ''", "c/x.yaml:1: a framework has a title"},
		{"id: A.1", "id: A 1", `c/x.yaml:5: control "A 1": an id has`},
		{"id: A.2", "id: A.1", `c/x.yaml:10: control "A.1" is there twice`},
		{"Somebody looks.", strings.Repeat("long ", 25), "c/x.yaml:5: control \"A.1\": a summary of 25 words; at most 24"},
		{"Somebody looks.", "''", "no summary"},
		{"output: results", "output: ''", "no output"},
		{"coverage: direct", "coverage: full", `unknown coverage "full"; valid: direct, partial, context`},
		{"[E14]", "[E14, E30]", `unknown evidence field "E30"; valid: E01 to E29`},
		{"[E14]", "[E14, E14]", "evidence field E14 is there twice"},
		{"[E14]", "[]", "no evidence fields"},
		{"[E14]", "[E20]", "E20 is filled by the debrief, so that the coverage cannot be direct"},
		{"note: of people", "notes: of people", "line 16: field notes not found"},
		{"fields: [E14]", "fields: E14", "line 7: cannot unmarshal"},
		{sound, "", "EOF"},
		{sound, "\xff", "c/x.yaml"},
		{sound, "a: [", "c/x.yaml"},
	} {
		_, err := load(strings.Replace(sound, c.from, c.to, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v, want %s", c.to, c.from, err, c.want)
		}
	}
	if _, err := Load(fstest.MapFS{}, "c"); err == nil {
		t.Error("an empty folder: no error")
	}
	all := fstest.MapFS{"c/a.yaml": {Data: []byte("framework: b\n")}, "c/b.yaml": {Data: []byte("framework: c\n")}}
	if _, err := Load(all, "c"); err == nil || !strings.Contains(err.Error(), "c/a.yaml") || !strings.Contains(err.Error(), "c/b.yaml") {
		t.Errorf("two bad files: %v", err)
	}
}

func TestNear(t *testing.T) {
	for id, want := range map[string]string{"iso27001:A.5.99": "iso27001:A.5.30", "is027001:A.5.30": "iso27001", "": "iso27001",
		"A.5.30": "iso27001:A.5.30", "A.5.99": "iso27001"} {
		word, valid := Shipped().Near(id)
		if !slices.Contains(valid, want) {
			t.Errorf("near %q (%q): %v", id, word, valid)
		}
	}
}

func TestFilesAreAllRead(t *testing.T) {
	names, err := fs.Glob(shipped, "catalogue/*")
	if err != nil || len(names) != len(Shipped()) {
		t.Errorf("%d files, %d frameworks, %v", len(names), len(Shipped()), err)
	}
}
