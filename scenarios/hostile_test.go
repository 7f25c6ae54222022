package scenarios

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostile inputs give problems, quickly, and never a panic.
func hostile() map[string]string {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d]\n", i, i, i-1, i-1)
	}
	return map[string]string{
		"empty":            "",
		"nothing":          "---",
		"carriage return":  "\r0",
		"nul":              "apiVersion: maildrill/v1\nkind: \x00",
		"not utf-8":        "apiVersion: maildrill/v1\ntitle: \xff\xfe",
		"utf-16":           "\xff\xfea\x00:\x00",
		"tabs":             "a:\n\tb: 1\n",
		"10 MB":            strings.Repeat("a: b\n", 2<<20),
		"deep flow":        strings.Repeat("[", 100_000),
		"deep flow closed": "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"deep maps":        strings.Repeat("{a: ", 9000),
		"deep block":       strings.Repeat("- ", 9000),
		"alias bomb":       bomb.String(),
		"alias to itself":  "a: &a [*a]",
		"alias of a key":   "&a a: 1\n*a : 2\n",
		"unknown alias":    "a: *b",
		"complex keys":     "? [a, b]\n: c\n? {d: e}\n: f\n",
		"merge":            "<<: {a: b}",
		"many documents":   strings.Repeat("---\na: b\n", 10_000),
		"many mistakes":    "kind: Scenario\nworkload:\n" + manyKeys(50_000),
		"one long line":    "kind: Scenario\ntitle: " + strings.Repeat("x", 900_000),
		"long words":       "kind: Scenario\n" + strings.Repeat("y", 100_000) + ": 1\n",
		"huge numbers":     "kind: Scenario\nworkload: {rate: " + strings.Repeat("9", 400) + "/s, mailboxes: 1e999, sizes: [99999999999999999999GiB]}",
		"null everywhere":  "apiVersion:\nkind:\nmetadata:\ntopology:\ntimeline: [null, ~]\nobjectives: {loss: , rto: {mx: }}\nguards: [~]\nexpect:\n",
		"scalars for maps": "kind: Scenario\nmetadata: 1\ntopology: []\nworkload: x\nphases: 1\ntimeline: {a: b}\nobjectives: [1]\nexpect: 7\n",
		"other breaks":     "a: b\rkind: x\u2028 y\u0085z",
		"escapes":          "kind: Scenario\nmetadata: {name: \"\\e[2J\\u202e\"}\n\x1b[31m: 1\n",
		"directive":        "%YAML 1.1\n%TAG ! tag:x,2000:\n---\n!a b: !!set {c}\n",
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  key%d: 1\n", i)
	}
	return b.String()
}

func TestHostileInput(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) {
			problems := parseAnything(t, src)
			if len(problems) == 0 || len(problems) > mostProblems+1 {
				t.Errorf("%d problems", len(problems))
			}
		})
	}
}

// parseAnything parses and checks what holds for any input.
func parseAnything(t testing.TB, src string) Problems {
	t.Helper()
	d, problems := Parse("x.yaml", []byte(src))
	problems.Render(io.Discard, true)
	lines := len(splitAfter([]byte(src[:min(len(src), largest+1)]))) // more is never looked at
	for _, p := range problems {
		if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
			t.Errorf("problem outside of the file: %+v", p)
		}
	}
	if len(problems) > 0 || d == nil || d.Scenario == nil || d.outsideLibrary() {
		return problems
	}
	replay(t, d)
	return nil
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/mistakes/*.yaml")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, folder := range scenarioFolders {
		for _, name := range stems(folder) {
			src, _, _ := embedded(folder, name)
			f.Add(string(src))
		}
	}
	for _, src := range hostile() {
		if len(src) < 4096 {
			f.Add(src)
		}
	}
	f.Add(oddScenario)
	f.Add(string(readmeExample(f)))
	f.Fuzz(func(t *testing.T, src string) { parseAnything(t, src) })
}

func FuzzSet(f *testing.F) {
	f.Add("workload.rate=50/s")
	f.Add(`topology.zones["a.test"][0].value=10 a.`)
	f.Add("timeline[0]={id: [*a, &a b]}")
	f.Fuzz(func(t *testing.T, set string) {
		d, problems := Parse("x.yaml", []byte(sample), set)
		problems.Render(io.Discard, false)
		if len(problems) == 0 && !d.outsideLibrary() {
			replay(t, d)
		}
	})
}
