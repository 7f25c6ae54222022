package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commanded runs one command, and gives its exit code and what it wrote.
func commanded(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, progress bytes.Buffer
	p := &process{Args: args, Stdout: &out, Stderr: &progress, Signals: make(chan os.Signal), Env: func(string) string { return "" }, Width: func() int { return 80 }}
	code = p.run(t.Context())
	return code, out.String(), progress.String()
}

// TestASuiteThatIsNone: nothing is started, and what was meant is named.
func TestASuiteThatIsNone(t *testing.T) {
	folder := t.TempDir()
	source := strings.Replace(brief, "{name: brief}", "{name: brief, tags: [mine]}", 1)
	if err := os.WriteFile(filepath.Join(folder, "brief.yaml"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"--suite smoek", `there is no suite "smoek"; did you mean "smoke"?`},
		{"--suite area:host", `did you mean "area:hosts"?`},
		{"--suite requirement:up", `did you mean "requirement:ups"?`},
		{"--suite smoke --shard 0/5", `the first is 1/5`},
		{"--suite smoke --shard 6/5", `the last 5/5`},
		{"--suite smoke --shard a/b", `say which one of how many`},
		{folder + " --suite mine --shard 1/99", `without a drill would pass for want of`},
		{"--suite smoke --jobs 0", `at least 1, or auto`},
		{folder + " --suite zoo", `nothing that is named is in the suite "zoo"`},
		{folder + " --suite mime", `did you mean "mine"?`},
		{"", "`maildrill list suites` the suites"},
	} {
		code, _, stderr := commanded(t, append([]string{"run", "--runtime", "embedded", "--out", t.TempDir()}, strings.Fields(c.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("run %s: exit %d, want %q in\n%s", c.args, code, c.want, stderr)
		}
	}
}

func TestMembers(t *testing.T) {
	folder := t.TempDir()
	for name, tags := range map[string]string{"one": "[smoke]", "two": "[other]"} {
		source := strings.Replace(brief, "{name: brief}", "{name: "+name+", tags: "+tags+"}", 1)
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	one, two := filepath.Join(folder, "one.yaml"), filepath.Join(folder, "two.yaml")
	broken := filepath.Join(folder, "broken.yaml")
	if err := os.WriteFile(broken, []byte("kind: Scenario\nmetadata: {name: 7"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		suites, named []string
		want          string
	}{
		{[]string{"smoke"}, []string{one, two}, one},
		{[]string{"smoke", "other"}, []string{two, one}, two + " " + one},
		{[]string{"topology:single-server"}, []string{one, two}, one + " " + two},
		{[]string{"zoo"}, []string{"backup-mx-takes-over", "zoo-impatient-relay"}, "zoo-impatient-relay"},
		// A file with mistakes is not left out, so that they are reported.
		{[]string{"smoke"}, []string{one, broken}, one + " " + broken},
		{[]string{"zoo"}, []string{one, broken}, broken},
	} {
		got, err := members(c.suites, c.named)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%v of %v: %v, %v", c.suites, c.named, got, err)
		}
	}
	all, err := members([]string{"zoo", "smoke"}, nil)
	if err != nil || len(all) < 8 {
		t.Errorf("the library: %v, %v", all, err)
	}
}

// TestASuiteOfOnesOwn plays two small drills and their summary: one ends as it
// declares, the other does not, and the exit code is that of the other. Without
// mail both are inconclusive, on the busiest host too.
func TestASuiteOfOnesOwn(t *testing.T) {
	t.Parallel()
	folder, out := t.TempDir(), t.TempDir()
	for name, expect := range map[string]string{"aa-good": "inconclusive", "bb-lucky": "failed, objectives: [loss]"} {
		source := strings.NewReplacer("{name: brief}", "{name: "+name+"}", "{n: 2}", "{n: 1}", "20/s", "0/s").Replace(brief) + "\nexpect: {verdict: " + expect + "}\n"
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	summary := filepath.Join(out, "summary")
	code, stdout, stderr := commanded(t, "run", folder, "--as-declared", "--jobs", "2", "--runtime", "embedded", "--out", out, "--summary", summary)
	if code != exitUnproven {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"2 drills, about", "1 of 2 done, about", "unexpected: bb-lucky", "ended as declared: 1 of 2", "summary: " + summary} {
		if !strings.Contains(stderr, want) {
			t.Errorf("standard error lacks %q:\n%s", want, stderr)
		}
	}
	if !strings.Contains(stdout, "1 of 2 runs ended as declared.") || !strings.Contains(stdout, "declared failed (loss)") {
		t.Errorf("the table:\n%s", stdout)
	}
	for file, want := range map[string]string{"index.html": `/report.html">aa-good</a>`, "suite.json": `"good": 1`, "summary.md": "| `aa-good` |",
		"junit.xml": `<testsuite name="bb-lucky [SIMULATED]"`, "metrics.txt": "# EOF"} {
		text, err := os.ReadFile(filepath.Join(summary, file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q: %v\n%.2000s", file, want, err, text)
		}
	}
}
