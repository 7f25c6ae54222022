package scenarios

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	sets := []string{"workload.rate=50/s", "timeline[0].for=5s", "phases={observe: 90s}", "timeline[0].on=[mx1, mx2]",
		"timeline[0].with.supervised=true", "guards=[lost >= 5]", "objectives.loss.max=1%"}
	d, problems := Parse("drill.yaml", []byte(sample), sets...)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := d.Scenario
	if s.Workload.Rate != 50 || *s.Timeline[0].For != seconds(5) || s.Phases.Observe != seconds(90) ||
		len(s.Timeline[0].On) != 2 || s.Guards[0] != "lost >= 5" || s.Objectives.Loss.Max != (Amount{1, true}) {
		t.Errorf("overridden: %+v", s)
	}
	replay(t, d)
}

func TestSetRefuses(t *testing.T) {
	for set, want := range map[string]string{
		"workload.rate=50":               "--set workload.rate: `rate`: \"50\" has no unit",
		"workload.rat=50/s":              `--set workload.rat: unknown key "rat"`,
		"timeline[3].for=5s":             "--set timeline[3].for: no element [3] in a list of 1",
		"topology.domian=a.test":         `--set topology.domian: unknown key "domian"`,
		"topology.nodes.mx1.queue=exim4": "--set topology.nodes.mx1.queue: unknown value \"exim4\"",
		"topology.with.mta=exim":         `--set topology.with.mta: the topology has no parameter "mta"`,
		"workload.rate":                  "--set workload.rate: an override has the form",
		"=5":                             "--set : an override has the form",
		"a..b=5":                         "--set a..b: an override has the form",
		"workload.rate=":                 "--set workload.rate: the value is empty",
		"workload.rate=[":                "--set workload.rate: the value is not YAML",
		"workload.rate=\x00":             "--set workload.rate: a NUL byte",
		"timeline[0].on=mx9":             `--set timeline[0].on: unknown node "mx9"`,
		"topology=nowhere":               `--set topology: unknown topology "nowhere"`,
		"phases.observe=11s":             "--set phases.observe: an observation of 11s is too short",
		"workload=&a [*a]":               "--set workload: ",
		"timeline[0].after=crash":        "--set timeline[0].after: ",
	} {
		_, problems := Parse("drill.yaml", []byte(sample), set)
		if len(problems) == 0 || !strings.HasPrefix(problems[0].Error(), want) || problems[0].Source != set {
			t.Errorf("--set %s: %+v, want %s", set, problems, want)
		}
	}
}

func TestProblemIsPositioned(t *testing.T) {
	src := strings.Replace(sample, "on: mx1", "on: [mx1, mx2]\n    with:\n      grace: 1s", 1)
	d, problems := Parse("drill.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		path, wrong  string
		line, column int
	}{
		{"timeline[0].fault", "node.crash", 8, 12},
		{"timeline[0].with.grace", "", 11, 14},
		{"timeline[0].with", "", 10, 5},
		{"timeline[0].with", "grace", 11, 7},
		{"timeline[0].on", "mx2", 9, 15},
		{"timeline[0].on[1]", "", 9, 15},
		{"timeline[0].nothing", "", 6, 5},
		{"timeline[0]", "", 6, 5},
		{"timeline", "", 5, 1},
		{"objectives.rto.mx", "", 14, 13},
		{"objectives.rto", "mx", 14, 9},
		{"", "", 1, 1},
		{"]", "", 1, 1},
	} {
		p := d.Problem(c.path, "m", c.wrong)
		if p.Line != c.line || p.Column != c.column {
			t.Errorf("Problem(%q, %q) at %d:%d, want %d:%d", c.path, c.wrong, p.Line, p.Column, c.line, c.column)
		}
	}
	p := d.Problem("timeline[0].fault", "unknown", "node.crsh", "node.crash", "node.stop")
	if p.Suggestion != "node.crash" || p.Source != "    fault: node.crash" {
		t.Errorf("Problem = %+v", p)
	}
}

func TestRender(t *testing.T) {
	long := strings.Repeat("x", 400)
	ps := Problems{
		{File: "b", Line: 1, Column: 300, Message: "far", Source: long},
		{File: "a", Line: 2, Column: 3, Message: "tab", Source: "\t\x1bé!"},
		{File: "a", Line: 2, Column: 3, Message: "tab", Source: "\t\x1bé!"},
	}
	var out strings.Builder
	ps.Render(&out, false)
	want := "a:2:3: tab\n    é!\n    ^\nb:1:300: far\n  " + strings.Repeat("x", 120) + "\n  " + strings.Repeat(" ", 60) + "^\n"
	if out.String() != want {
		t.Errorf("Render:\n%q\nwant\n%q", out.String(), want)
	}
	out.Reset()
	ps.Render(&out, true)
	if !strings.Contains(out.String(), "\x1b[31mtab\x1b[0m") {
		t.Errorf("Render in colour: %q", out.String())
	}
}
