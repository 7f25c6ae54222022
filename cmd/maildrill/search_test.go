package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/campaign"
)

// searched runs `maildrill search` and gives its exit code and what it printed.
func searched(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, progress bytes.Buffer
	p := &process{Args: append([]string{"search"}, args...), Stdout: &out, Stderr: &progress, Signals: make(chan os.Signal),
		Env: func(string) string { return "" }, Width: func() int { return 80 }}
	code = p.run(t.Context())
	return code, out.String(), progress.String()
}

// TestSearchFindsThePlantedPair: the defect of this system shows only while two
// things are broken at once. Nobody tells the search which.
func TestSearchFindsThePlantedPair(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the search for a planted pair, which plays some twenty drills, because of -short")
	}
	t.Parallel()
	dir := t.TempDir()
	code, stdout, stderr := searched(t, "two-fault-defect-hidden", "--runtime", "embedded", "--budget", "8m", "--findings", "1", "--jobs", "2", "--confirm", "3",
		"--longest", "4s", "--fault", "node.crash,node.freeze", "--on", "mx2,store1", "--out", dir, "--json")
	var report campaign.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || len(report.Findings) != 1 || code != exitMissed {
		t.Fatalf("exit %d, %v:\n%s\n%s", code, err, stdout, stderr)
	}
	f := report.Findings[0]
	var faults []string
	for _, e := range f.Minimal.Entries {
		faults = append(faults, e.Fault+" "+strings.Join(e.On, " "))
	}
	slices.Sort(faults)
	if !slices.Equal(faults, []string{"node.crash mx2", "node.freeze store1"}) || f.Class != "loss" {
		t.Errorf("found %v, which misses %s:\n%s", faults, f.Class, stderr)
	}
	if report.Took > report.Budget {
		t.Errorf("took %v of %v", report.Took, report.Budget)
	}
	if _, problems, err := compile(f.File, overrides{}, capabilities("embedded")); err != nil || len(problems) > 0 {
		t.Errorf("the minimal scenario cannot be run: %v %v", err, problems)
	}
	if saved, err := os.ReadFile(filepath.Join(dir, "search.json")); err != nil || !json.Valid(saved) {
		t.Errorf("search.json: %v", err)
	}
}

func TestSearchListsWithoutRunning(t *testing.T) {
	t.Parallel()
	list := func(seed string) string {
		code, stdout, stderr := searched(t, "backup-mx-takes-over", "--list", "5", "--seed", seed)
		if code != 0 {
			t.Fatal(code, stderr)
		}
		return stdout
	}
	first := list("1")
	if !strings.HasPrefix(first, "s1  ") || first != list("1") || first == list("2") {
		t.Errorf("%s", first)
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	other := t.TempDir()
	write(t, filepath.Join(other, "search.jsonl"), `{"search":"of something else","seed":1}`+"\n")
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"a mode":         {[]string{"--mode", "savety"}, exitUsage, `did you mean "safety"?`},
		"a fault":        {[]string{"--fault", "node.crush"}, exitUsage, `did you mean "node.crash"?`},
		"no budget":      {[]string{"--budget", "0s"}, exitUsage, "--budget"},
		"another search": {[]string{"--out", other}, exitEnvironment, "holds another search"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr := searched(t, append([]string{"two-fault-defect-hidden", "--runtime", "embedded"}, c.args...)...)
			if code != c.code || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
