package programme

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"maildrill/scenarios"
)

// fenced are the examples of the README in one language.
func fenced(t *testing.T, language string) (all []string) {
	t.Helper()
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(src, -1) {
		all = append(all, string(m[1]))
	}
	return all
}

// TestTheExampleLoads: the programme of the README has no mistake.
func TestTheExampleLoads(t *testing.T) {
	src := fenced(t, "yaml")[0]
	p := loaded(t, "README.md", src)
	if n := len(whole(p)); n < 50 {
		t.Errorf("%d dates", n)
	}
	if _, problems := scenarios.Parse("README.md", []byte(strings.Replace(src, "grace_days", "grace", 1))); len(problems) != 1 {
		t.Errorf("a mistake in it is not found: %v", problems)
	}
}

// TestTheYAMLParses: of CI services and of Prometheus.
func TestTheYAMLParses(t *testing.T) {
	all := fenced(t, "yaml")[1:]
	if len(all) != 3 {
		t.Fatalf("%d examples", len(all))
	}
	for i, path := range [][]any{{"jobs", "due", "steps", 2, "run"}, {"programme", "script", 0}, {"groups", 0, "rules", 0, "expr"}} {
		var v any
		if err := yaml.Unmarshal([]byte(all[i]), &v); err != nil {
			t.Fatalf("%v\n%s", err, all[i])
		}
		if got, ok := within(v, path).(string); !ok || !strings.Contains(got, "maildrill") {
			t.Errorf("%v is %v", path, got)
		}
	}
}

func within(v any, path []any) any {
	for _, hop := range path {
		switch at := v.(type) {
		case map[string]any:
			name, _ := hop.(string)
			v = at[name]
		case []any:
			if i, ok := hop.(int); ok && i < len(at) {
				v = at[i]
			}
		}
	}
	return v
}

// TestTheUnitsAreUnits asks systemd, where it is; elsewhere each must at least
// have what a unit has.
func TestTheUnitsAreUnits(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, text := range fenced(t, "ini") {
		name := regexp.MustCompile(`^# /etc/systemd/system/(\S+)\n`).FindStringSubmatch(text)
		if name == nil || !regexp.MustCompile(`(?m)^(ExecStart=/usr/local/bin/maildrill schedule |OnCalendar=)`).MatchString(text) {
			t.Fatalf("no unit:\n%s", text)
		}
		text = strings.ReplaceAll(text, "/usr/local/bin/maildrill", "/bin/true")
		text = strings.ReplaceAll(text, "User=maildrill", "User=root")
		file := filepath.Join(dir, name[1])
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if len(files) != 3 {
		t.Errorf("%d units", len(files))
	}
	verify(t, files...)
}

// verify also proves that it finds a mistake.
func verify(t *testing.T, files ...string) {
	t.Helper()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here; the shape is checked")
	}
	said := func(files ...string) string {
		out, _ := exec.Command(analyze, append([]string{"verify", "--man=no"}, files...)...).CombinedOutput()
		return string(out)
	}
	base := filepath.Dir(files[0])
	if out := said(files...); strings.Contains(out, base) || strings.Contains(out, "Failed to parse") {
		t.Errorf("systemd says:\n%s", out)
	}
	wrong := filepath.Join(base, "wrong.timer")
	if err := os.WriteFile(wrong, []byte("[Unit]\nDescription=x\n[Timer]\nOnCalendar=*:0/99x\n[Install]\nWantedBy=timers.target\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := said(wrong); !strings.Contains(out, "Failed to parse") {
		t.Errorf("a mistake in a timer is not found: %s", out)
	}
}

// TestTheCrontabHasFiveFields and a command.
func TestTheCrontabHasFiveFields(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(strings.Join(fenced(t, "crontab"), "")), "\n")
	if len(lines) != 3 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		fields := strings.Fields(line)
		p := &scenarios.Programme{From: "2027-01-01"}
		if _, ok := p.Next(scenarios.ProgrammeItem{Cron: strings.Join(fields[:5], " ")}, at(t, "2027-01-01")); !ok || !strings.Contains(line, "maildrill schedule ") {
			t.Errorf("%s", line)
		}
	}
}
