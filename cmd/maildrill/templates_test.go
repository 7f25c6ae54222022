package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"maildrill/reports"
	"maildrill/reports/evidence/keys"
)

// step is one of an Action or of a job of GitHub's.
type step struct {
	Run  string            `yaml:"run"`
	Uses string            `yaml:"uses"`
	If   string            `yaml:"if"`
	Env  map[string]string `yaml:"env"`
	With map[string]string `yaml:"with"`
}

func readYAML(t *testing.T, name string, into any) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type githubAction struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

// onlyTheScript: a step calls the script with one step of its own, and hands it
// everything by the environment. Text that is pasted into a shell could be a
// command.
func onlyTheScript(steps []step) (called, wrong []string) {
	form := regexp.MustCompile(`^bash "\$GITHUB_ACTION_PATH/drill\.sh" ([a-z]+)$`)
	for _, s := range steps {
		if s.Run == "" {
			continue
		}
		m := form.FindStringSubmatch(strings.TrimSpace(s.Run))
		if m == nil {
			wrong = append(wrong, s.Run)
			continue
		}
		called = append(called, m[1])
	}
	return called, wrong
}

func TestActionOnlyCallsItsScript(t *testing.T) {
	var a githubAction
	text := readYAML(t, ".github/actions/drill/action.yml", &a)
	called, wrong := onlyTheScript(a.Runs.Steps)
	if len(wrong) > 0 || !slices.Equal(called, []string{"prepare", "images", "run", "report", "end"}) || a.Runs.Using != "composite" {
		t.Errorf("steps %v, and these do more: %q", called, wrong)
	}
	for name := range a.Inputs {
		if !strings.Contains(text, "inputs."+name) {
			t.Errorf("input %s does nothing", name)
		}
	}
	for _, m := range regexp.MustCompile(`inputs\.([a-z-]+)`).FindAllStringSubmatch(text, -1) {
		if _, ok := a.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %s", m[1])
		}
	}
	if a.Inputs["allow-inconclusive"].Default != "false" {
		t.Error("exit code 3 is a warning without being asked")
	}
	for _, s := range a.Runs.Steps {
		last := strings.HasSuffix(s.Run, "report") || strings.HasSuffix(s.Run, "end") || strings.Contains(s.Uses, "upload-artifact")
		if last != strings.HasPrefix(s.If, "always()") {
			t.Errorf("step %s%s: if %q", s.Uses, s.Run, s.If)
		}
	}
}

// The checker sees a step that does more.
func TestOnlyTheScriptFindsDefects(t *testing.T) {
	for _, run := range []string{`bash "$GITHUB_ACTION_PATH/drill.sh" run ${{ inputs.scenarios }}`, `bash "$GITHUB_ACTION_PATH/drill.sh" run || true`, "docker ps", "bash drill.sh run\necho"} {
		if _, wrong := onlyTheScript([]step{{Run: run}}); len(wrong) != 1 {
			t.Errorf("%q passed", run)
		}
	}
}

// settings are the names that the script reads.
func settings(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(drillScript)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`\$\{(MAILDRILL_[A-Z_]+):-`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	return names
}

func TestTemplatesSetWhatTheScriptReads(t *testing.T) {
	known := append(settings(t), "MAILDRILL_REPOSITORY", "MAILDRILL_VERSION", // the template's own
		registerVariable, keys.Variable) // maildrill's
	for _, name := range []string{".github/actions/drill/action.yml", ".gitlab/maildrill.gitlab-ci.yml"} {
		var any map[string]any
		text := readYAML(t, name, &any)
		for _, m := range regexp.MustCompile(`MAILDRILL_[A-Z_]+`).FindAllString(text, -1) {
			if !slices.Contains(known, m) {
				t.Errorf("%s sets %s, which nobody reads", name, m)
			}
		}
	}
}

func TestWorkflowUsesTheAction(t *testing.T) {
	var w struct {
		Jobs map[string]struct {
			Steps []step `yaml:"steps"`
		} `yaml:"jobs"`
	}
	readYAML(t, ".github/workflows/drills.yml", &w)
	var a githubAction
	readYAML(t, ".github/actions/drill/action.yml", &a)
	used := 0
	for name, job := range w.Jobs {
		for _, s := range job.Steps {
			if s.Run != "" {
				t.Errorf("job %s does work of its own: %q", name, s.Run)
			}
			if s.Uses != "./.github/actions/drill" {
				continue
			}
			used++
			for input := range s.With {
				if _, ok := a.Inputs[input]; !ok {
					t.Errorf("job %s: there is no input %s", name, input)
				}
			}
		}
	}
	if used == 0 {
		t.Error("no job uses the Action")
	}
}

// The template of GitLab publishes what the script writes.
func TestGitLabTemplate(t *testing.T) {
	var ci map[string]struct {
		Script    []string          `yaml:"script"`
		Variables map[string]string `yaml:"variables"`
		Artifacts struct {
			When    string            `yaml:"when"`
			Reports map[string]string `yaml:"reports"`
		} `yaml:"artifacts"`
		AllowFailure struct {
			Codes []int `yaml:"exit_codes"`
		} `yaml:"allow_failure"`
	}
	readYAML(t, ".gitlab/maildrill.gitlab-ci.yml", &ci)
	job := ci[".maildrill"]
	if !slices.Equal(job.Script, []string{`sh "$MAILDRILL_SOURCE/.github/actions/drill/drill.sh"`}) || job.Artifacts.When != "always" || len(job.AllowFailure.Codes) > 0 {
		t.Errorf("%+v", job)
	}
	for kind, format := range map[string]string{"junit": "junit", "metrics": "openmetrics"} {
		f, _ := reports.Named(format)
		if want := job.Variables["MAILDRILL_OUT"] + "/" + f.File; job.Artifacts.Reports[kind] != want {
			t.Errorf("%s is read from %s, and written to %s", kind, job.Artifacts.Reports[kind], want)
		}
	}
	if codes := ci[".maildrill-inconclusive-is-a-warning"].AllowFailure.Codes; !slices.Equal(codes, []int{3}) {
		t.Errorf("codes %v are warnings", codes)
	}
}
