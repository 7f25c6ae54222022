package scenarios

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// with is the shape of a fault's parameters.
type with struct {
	Grace time.Duration `yaml:"grace"`
	Name  string        `yaml:"name"`
	Again bool          `yaml:"again"`
	Count int           `yaml:"count"`
	Share float64       `yaml:"share"`
	Names []string      `yaml:"names"`
}

func paramsOf(t *testing.T, text string) Params {
	t.Helper()
	src := strings.Replace(sample, "    for: 10s\n", "    for: 10s\n    with: "+text+"\n", 1)
	d, problems := Parse("drill.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d.Scenario.Timeline[0].With
}

const sample = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: sample}
topology: primary-backup-mx
timeline:
  - id: crash
    at: 0s
    fault: node.crash
    on: mx1
    for: 10s
objectives:
  rto: {mx: 10s}
`

func TestParamsDecode(t *testing.T) {
	got := with{Count: 3, Grace: time.Minute}
	err := paramsOf(t, "{grace: 0s, name: qmgr, again: true, share: 0.5, names: [a, b]}").Decode(&got)
	want := with{Name: "qmgr", Again: true, Count: 3, Share: 0.5, Names: []string{"a", "b"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode = %+v, %v, want %+v", got, err, want)
	}
}

func TestParamsDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{graze: 1s}":   `drill.yaml:11:12: unknown key "graze" in ` + "`with`" + `; did you mean "grace"?; valid: grace, name, again, count, share, names`,
		"{grace: 30}":   "drill.yaml:11:19: `grace`: \"30\" has no unit; did you mean \"30s\"?; valid: 250ms, 30s, 5m, 1h",
		"{grace: -1s}":  "drill.yaml:11:19: `grace`: \"-1s\" is negative; did you mean \"1s\"?",
		"{again: yes}":  "drill.yaml:11:19: `again` is \"yes\", not true or false; valid: true, false",
		"{count: 1.5}":  "drill.yaml:11:19: `count` is \"1.5\", not a whole number",
		"{share: .nan}": "drill.yaml:11:19: `share` is \".nan\", not a number",
		"{names: a}":    "drill.yaml:11:19: `names` must be a list, not text",
		"{name: }":      "drill.yaml:11:18: `name` has no value",
		"{name: [a]}":   "drill.yaml:11:18: `name` must be text, not a list",
	} {
		err := paramsOf(t, text).Decode(&with{})
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || err.Error() != want {
			t.Errorf("Decode(%s) = %v, want %s", text, err, want)
		}
	}
}

func TestParamsWithout(t *testing.T) {
	if err := (Params{}).Decode(&with{}); err != nil {
		t.Errorf("zero Params: %v", err)
	}
	if err := (Params{}).Decode(with{}); err == nil {
		t.Error("Decode into a value: no error")
	}
	if err := paramsOf(t, "{a: 1}").Decode(&struct{}{}); err == nil || !strings.Contains(err.Error(), "there are none") {
		t.Errorf("a fault without parameters: %v", err)
	}
	var odd struct {
		X chan int `yaml:"a"`
	}
	if err := paramsOf(t, "{a: 1}").Decode(&odd); err == nil {
		t.Error("a Go type that cannot be decoded: no error")
	}
}
