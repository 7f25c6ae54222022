package planning_test

import (
	"fmt"
	"strings"
	"testing"
)

// together is a scenario with a timeline of its own.
func together(steps ...string) string {
	return fmt.Sprintf(`apiVersion: maildrill/v1
kind: Scenario
metadata: {name: together}
topology: primary-backup-mx
workload: {rate: 5/s, mailboxes: 2}
timeline:
  - %s
objectives: {loss: {max: 0}}
`, strings.Join(steps, "\n  - "))
}

const (
	crash  = "{id: crash, at: 0s, fault: node.crash, on: mx1, for: 10s}"
	freeze = "{id: freeze, at: 5s, fault: node.freeze, on: mx1, for: 10s}"
)

// TestFaultsThatCannotComposeAreRefused: where the later one begins, with both
// steps, both targets, the reason, and what to do.
func TestFaultsThatCannotComposeAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		steps []string
		want  string // how the only line begins; empty: no mistake
	}{
		"on one node": {[]string{crash, freeze}, `cut.yaml:8:22: node.freeze on mx1 (step "freeze") overlaps node.crash on mx1 of step "crash", 0s to 10s: ` +
			`both change mx1 as a whole, so the two cannot be told apart; start it after that, or aim it elsewhere`},
		"the later one first": {[]string{freeze, crash}, `cut.yaml:7:22: node.freeze on mx1 (step "freeze") overlaps node.crash on mx1 of step "crash", 0s to 10s`},
		"one after the other": {[]string{crash, strings.Replace(freeze, "5s", "10s", 1)}, ""},
		"on two nodes":        {[]string{crash, strings.Replace(freeze, "mx1", "mx2", 1)}, ""},
		"of one moment":       {[]string{crash, "{id: kill, at: 5s, fault: process.kill, on: mx1, with: {name: qmgr}}"}, `cut.yaml:8:20: process.kill on mx1 (step "kill") overlaps`},
		"a cut to a dead one": {[]string{crash, "{id: cut, at: 1s, fault: net.partition, on: mx2, with: {peers: [mx1]}, for: 5s}"}, `cut.yaml:8:19: net.partition on mx2 (step "cut") overlaps node.crash on mx1 of step "crash", 0s to 10s: its proof rests on mx1 as a whole, which the other changes`},
		"waits for its end":   {[]string{crash, "{id: freeze, after: [crash], fault: node.freeze, on: mx1, for: 10s}"}, ""},
		"nobody knows when":   {[]string{crash, "{id: freeze, when: accepted > 5, fault: node.freeze, on: mx1, for: 10s}"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := mistakes(t, together(c.steps...), nil)
			if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" || strings.Contains(got, "\n") {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestThePlanTellsWhatIsKeptApart: only of steps of which nobody knows whether
// they meet.
func TestThePlanTellsWhatIsKeptApart(t *testing.T) {
	const says = `"freeze" and "crash" are kept apart: the one that comes while the other is on is not injected (on mx1 and mx1: both change mx1 as a whole)`
	for step, want := range map[string]bool{
		"{id: freeze, when: accepted > 5, fault: node.freeze, on: mx1, for: 10s}":                true,
		"{id: freeze, after: [crash], fault: node.freeze, on: mx1, for: 10s}":                    false,
		"{id: freeze, after: [flush], fault: node.freeze, on: mx1, for: 10s}":                    false, // by way of flush
		"{id: freeze, after: [late], fault: node.freeze, on: mx1, for: 10s}":                     false, // not before 25s
		"{id: freeze, after: [flush], when: accepted > 5, fault: node.freeze, on: mx2, for: 1s}": false,
	} {
		text := described(t, together(crash, "{id: flush, after: [crash], action: flush, on: mx2}",
			"{id: late, at: 20s, fault: node.crash, on: mx2, for: 5s}", step))
		if strings.Contains(text, says) != want {
			t.Errorf("%s: said %v, want %v:\n%s", step, !want, want, text)
		}
	}
}
