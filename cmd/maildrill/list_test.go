package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/history/coverage"
	"maildrill/scenarios"
)

func TestListScenarios(t *testing.T) {
	for _, c := range []struct {
		args, has, lacks string
		code             int
	}{
		{"", "dns-servfail-defers", "", 0},
		{"--cause dns-failure", "dns-nxdomain-bounces", "backup-mx-takes-over", 0},
		{"--mitigation backup-mx --topology primary-backup-mx", "backup-mx-takes-over", "no-backup-mx", 0},
		{"--area zoo", "zoo-impatient-relay", "dns-", 0},
		{"--tag smoke", "queue-manager-killed", "zoo-", 0},
		{"--cause dns-failur", `did you mean "dns-failure"?`, "", exitUsage},
		{"--mitigation dns-failure", `there is no "dns-failure"`, "", exitUsage},
		{"--area hots", `did you mean "hosts"?`, "", exitUsage},
		{"no-backup-mx", "Ends as: failed (rto.mx)", "", 0},
		{"backup-mx-takes-over", "maildrill run backup-mx-takes-over", "", 0},
		{"backup-mx-takes-ovr", `did you mean "backup-mx-takes-over"?`, "", exitUsage},
	} {
		code, stdout, stderr := commanded(t, append([]string{"list", "scenarios"}, strings.Fields(c.args)...)...)
		if all := stdout + stderr; code != c.code || !strings.Contains(all, c.has) || c.lacks != "" && strings.Contains(all, c.lacks) {
			t.Errorf("list scenarios %s: exit %d, want %q and not %q in\n%s", c.args, code, c.has, c.lacks, all)
		}
	}
	_, stdout, _ := commanded(t, "list", "scenarios", "--area", "hosts", "--json")
	var found []scenarios.Entry
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || len(found) == 0 || found[0].Area != "hosts" || found[0].Expect == nil {
		t.Errorf("%v: %s", err, stdout)
	}
}

func TestListSuites(t *testing.T) {
	code, stdout, stderr := commanded(t, "list", "suites")
	for _, want := range []string{"smoke ", "nightly ", "requirement:dns-failure ", "topology:single-mx ", "area:hosts "} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, no %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.yaml"), []byte(strings.Replace(brief, "{name: brief}", "{name: brief, tags: [mine]}", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	var list []listedSuite
	_, stdout, stderr = commanded(t, "list", "suites", folder, "--json")
	if err := json.Unmarshal([]byte(stdout), &list); err != nil || len(list) != 3 || list[2].Name != "mine" || list[2].Count != 1 || list[2].Seconds < 10 {
		t.Errorf("%v: %s%s", err, stdout, stderr)
	}
}

// TestListRequirements: every id has a row, in every form.
func TestListRequirements(t *testing.T) {
	out := t.TempDir()
	_, text, _ := commanded(t, "list", "requirements", "--out", out)
	_, markdown, _ := commanded(t, "list", "requirements", "--out", out, "--markdown")
	_, values, stderr := commanded(t, "list", "requirements", "--out", out, "--json")
	for _, id := range append(scenarios.Causes(), scenarios.Mitigations()...) {
		if !strings.Contains(text, "\n"+id+"\n") || !strings.Contains(markdown, "| `"+id+"` |") {
			t.Errorf("no row %s", id)
		}
	}
	var rows []coverage.Requirement
	if err := json.Unmarshal([]byte(values), &rows); err != nil || len(rows) != 46 {
		t.Errorf("%v, %d rows: %s", err, len(rows), stderr)
	}
	if code, _, stderr := commanded(t, "list", "requirements", "--out", filepath.Join(out, "none")); code != exitUsage {
		t.Errorf("a folder that is not there: exit %d, %s", code, stderr)
	}
}

func TestListCoverage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "coverage.html")
	code, stdout, stderr := commanded(t, "list", "coverage", "--html", page)
	for _, want := range []string{"backup-mx ", "node.crash", "link to", "Not covered", "net.reorder"} {
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, no %q in\n%s%s", code, want, stdout, stderr)
		}
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "hop-2 reply gap") {
		t.Errorf("the page: %v", err)
	}
}
