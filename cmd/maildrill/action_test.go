package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const drillScript = "../../.github/actions/drill/drill.sh"

// stub stands for maildrill: it ends as it is told, and writes what was asked.
const stub = `#!/bin/sh
echo "$@" >>"$STUB_CALLS"
case $1 in
run)
  printf '::error::planted by a message\n'
  [ -n "$STUB_NO_RECORD" ] || { mkdir -p "$MAILDRILL_OUT/runs/r1" && echo '{}' | tee "$MAILDRILL_OUT/runs/r1/report.html" >"$MAILDRILL_OUT/runs/r1/record.json"; }
  exit "$STUB_EXIT" ;;
report)
  [ -z "$STUB_REPORT_FAILS" ] || exit 70
  for file in junit.xml summary.md metrics.txt annotations.txt; do echo "$file of the stub" >"$MAILDRILL_OUT/$file"; done ;;
images)
  case $2 in
  key) echo 0123456789abcdef ;;
  load) [ "$(cat "$3")" = good ] || exit 70 ;;
  save) echo good >"$3" ;;
  esac ;;
esac
`

// acted is one call of the script.
type acted struct {
	code          int
	output, calls string // what was printed, and how maildrill was called
	dir           string
}

// act calls the script by sh, as it is called, in a new folder.
func act(t *testing.T, steps []string, env ...string) acted {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "stub")
	if err := os.WriteFile(binary, []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	return actIn(t, dir, steps, append([]string{"MAILDRILL_PROGRAM=" + binary, "MAILDRILL_SCENARIOS=drills/a.yaml drills/b.yaml", "STUB_EXIT=0"}, env...)...)
}

func actIn(t *testing.T, dir string, steps []string, env ...string) acted {
	t.Helper()
	script, err := filepath.Abs(drillScript)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", append([]string{script}, steps...)...)
	c.Dir = dir
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "MAILDRILL_OUT=" + filepath.Join(dir, "out"), "STUB_CALLS=" + filepath.Join(dir, "calls")}, env...)
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
	return acted{c.ProcessState.ExitCode(), string(out), string(calls), dir}
}

func (a acted) file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		t.Errorf("%v\n%s", err, a.output)
	}
	return string(text)
}

// The job ends as the drills did. Only 3 becomes a warning, and only if that
// was asked for: least of all 5.
func TestActionEndsAsTheDrills(t *testing.T) {
	for _, code := range []int{0, 1, 3, 4, 5, 6, 7, 64, 65, 70, 130} {
		for _, allow := range []string{"", "false", "true"} {
			want := code
			if code == 3 && allow == "true" {
				want = 0
			}
			a := act(t, nil, "STUB_EXIT="+strconv.Itoa(code), "MAILDRILL_ALLOW_INCONCLUSIVE="+allow)
			if a.code != want {
				t.Errorf("drills end with %d, allow %q: the job ends with %d, want %d\n%s", code, allow, a.code, want, a.output)
			}
			if a.file(t, "out/summary.md") != "summary.md of the stub\n" {
				t.Errorf("code %d: no summary", code)
			}
			if code == 3 && allow == "true" && !strings.Contains(a.output, "warning: exit code 3") {
				t.Errorf("no warning: %s", a.output)
			}
		}
	}
}

func TestActionRefusesWhatItDoesNotUnderstand(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []string
		env   string
		code  int
		says  string
	}{
		{"a mistyped consent", nil, "MAILDRILL_ALLOW_INCONCLUSIVE=yes", 64, `MAILDRILL_ALLOW_INCONCLUSIVE is "yes": say true or false`},
		{"a mistyped cache", nil, "MAILDRILL_CACHE=1", 64, "say true or false"},
		{"nothing to run", nil, "MAILDRILL_SCENARIOS= ", 64, "MAILDRILL_SCENARIOS is empty"},
		{"unknown step", []string{"publish"}, "", 64, "no step is called publish"},
		{"no run", []string{"prepare", "report", "end"}, "", 70, "no drill was run"},
		{"no maildrill", nil, "MAILDRILL_PROGRAM=/nowhere/maildrill", 6, "cannot be run"},
		{"nothing to build from", nil, "MAILDRILL_PROGRAM=", 6, ""},
		{"passed without a report", nil, "STUB_REPORT_FAILS=1", 70, "reports could not be made"},
	} {
		env := []string{c.env}
		if c.name == "nothing to build from" {
			env = append(env, "MAILDRILL_SOURCE=/nowhere")
		}
		if a := act(t, c.steps, env...); a.code != c.code || !strings.Contains(a.output, c.says) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s", c.name, a.code, c.code, c.says, a.output)
		}
	}
}

// What a run without a record leaves is said, not left out.
func TestActionTellsOfNoRecord(t *testing.T) {
	a := act(t, nil, "STUB_EXIT=6", "STUB_NO_RECORD=1")
	if a.code != 6 || !strings.Contains(a.file(t, "out/summary.md"), "no run has a record") || strings.Contains(a.calls, "report ") {
		t.Errorf("exit code %d\n%s\n%s", a.code, a.output, a.calls)
	}
}

func TestActionCallsMaildrill(t *testing.T) {
	a := act(t, nil, "MAILDRILL_SUITE=smoke", "MAILDRILL_SHARD=2/5", "MAILDRILL_JOBS=auto", "MAILDRILL_ARGUMENTS=--jobs 2\n--seed 7", "MAILDRILL_CACHE=false")
	for _, want := range []string{"run --runtime docker --out " + a.dir + "/out/runs --summary " + a.dir + "/out --suite smoke --shard 2/5 --jobs auto --jobs 2 --seed 7 -- drills/a.yaml drills/b.yaml\n",
		"report " + a.dir + "/out/runs/r1/ --as-declared --format junit,markdown,openmetrics,annotations -o " + a.dir + "/out/\n"} {
		if !strings.Contains(a.calls, want) {
			t.Errorf("%q is not among\n%s", want, a.calls)
		}
	}
	if strings.Contains(a.calls, "images save") {
		t.Errorf("images without a cache:\n%s", a.calls)
	}
}

// Images come from the cache if they are there; an archive that is broken is
// made anew.
func TestActionKeepsImages(t *testing.T) {
	for _, c := range []struct{ archive, want string }{{"", "save"}, {"good", "load"}, {"torn", "load save"}} {
		dir := t.TempDir()
		archive := filepath.Join(dir, "images.tar.gz")
		if c.archive != "" {
			if err := os.WriteFile(archive, []byte(c.archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		a := act(t, []string{"prepare", "images"}, "MAILDRILL_ARCHIVE="+archive)
		var did []string
		for _, verb := range []string{"load", "save"} {
			if strings.Contains(a.calls, "images "+verb+" "+archive) {
				did = append(did, verb)
			}
		}
		if text, _ := os.ReadFile(archive); a.code != 0 || strings.Join(did, " ") != c.want || strings.TrimSpace(string(text)) != "good" {
			t.Errorf("archive %q: %v, want %s; exit code %d\n%s", c.archive, did, c.want, a.code, a.output)
		}
	}
}

// On GitHub nothing that a drill prints is taken for a command, and the
// summary and the annotations are shown whatever the end.
func TestActionOnGitHub(t *testing.T) {
	dir := t.TempDir()
	summary, output := filepath.Join(dir, "summary"), filepath.Join(dir, "output")
	a := act(t, nil, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary, "GITHUB_OUTPUT="+output, "STUB_EXIT=5", "MAILDRILL_ALLOW_INCONCLUSIVE=true")
	_, after, muted := strings.Cut(a.output, "::stop-commands::")
	token, after, _ := strings.Cut(after, "\n")
	inside, outside, ends := strings.Cut(after, "\n::"+token+"::\n")
	if !muted || !ends || len(token) != 32 || !strings.Contains(inside, "::error::planted by a message") || strings.Contains(outside, "planted") {
		t.Errorf("what the drill prints is not muted:\n%s", a.output)
	}
	for _, want := range []string{"annotations.txt of the stub", "::error title=maildrill::exit code 5: DIRTY"} {
		if !strings.Contains(outside, want) {
			t.Errorf("%q is not in\n%s", want, outside)
		}
	}
	text, _ := os.ReadFile(summary)
	told, _ := os.ReadFile(output)
	if a.code != 5 || string(text) != "summary.md of the stub\n" || !strings.Contains(string(told), "exit-code=5\n") || !strings.Contains(string(told), "images-key=maildrill-images-0123456789abcdef-") {
		t.Errorf("exit code %d, summary %q, output %q", a.code, text, told)
	}
}

// GitLab shows links to the summary and to the page of each run.
func TestActionOnGitLab(t *testing.T) {
	a := act(t, nil, "GITLAB_CI=true", "CI_JOB_URL=https://gitlab.example/p/-/jobs/1", "CI_NODE_INDEX=3", "CI_NODE_TOTAL=4")
	if !strings.Contains(a.calls, " --shard 3/4 ") {
		t.Errorf("GitLab's parallel jobs all run everything:\n%s", a.calls)
	}
	var links struct {
		Maildrill []struct {
			Link struct{ Label, URL string } `json:"external_link"`
		}
	}
	if err := json.Unmarshal([]byte(a.file(t, "out/links.json")), &links); err != nil || len(links.Maildrill) != 2 {
		t.Fatalf("%v: %+v", err, links)
	}
	at := "https://gitlab.example/p/-/jobs/1/artifacts/file/" + a.dir + "/out/"
	if links.Maildrill[0].Link.URL != at+"summary.md" || links.Maildrill[1].Link.URL != at+"runs/r1/report.html" {
		t.Errorf("%+v", links)
	}
}

func TestDrillScriptIsClean(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("SKIPPED: the CI script under shellcheck, because there is none")
	}
	if out, err := exec.Command("shellcheck", drillScript).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
