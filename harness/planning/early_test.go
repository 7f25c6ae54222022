package planning_test

import (
	"strings"
	"testing"
)

// TestWorkAheadMustHaveItsTime: a state from before the load, or ahead of a step
// whose time nobody knows, is refused where it stands.
func TestWorkAheadMustHaveItsTime(t *testing.T) {
	step := "- {id: power, at: 0s, fault: storage.power-cut, on: store1, for: 5s}"
	for stands, want := range map[string]string{
		"- {id: back, at: 0s, fault: storage.rollback, on: store1}":                                     "",
		"- {id: back, at: 20s, fault: storage.rollback, on: store1, with: {to: 15s}}":                   "",
		"- {id: back, at: 20s, fault: storage.rollback, on: store1, with: {to: 1h}}":                    "before the first message: at most",
		step + "\n  - {id: back, after: [power], fault: storage.rollback, on: store1, with: {to: 5s}}":  "no time of its own",
		step + "\n  - {id: back, when: queue > 3, fault: storage.rollback, on: store1, with: {to: 5s}}": "no time of its own",
		"- {id: back, at: 20s, fault: storage.rollback, on: store1, with: {to: yesterday}}":             "valid: start",
		"- {id: back, at: 20s, fault: storage.rollback, on: mx1}":                                       "has no volume with a size",
	} {
		_, problems := compile(t, strings.Replace(cut, step, stands, 1), nil)
		got := ""
		if len(problems) > 0 {
			got = problems.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", stands, got, want)
		}
	}
}
