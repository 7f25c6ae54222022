package main

import (
	"bytes"
	"io"
	"testing"
)

// TestTheDrillOfEveryRoundIsValid: what strikes a run on real servers must not
// fail for its scenario. Every line of every family is played in the end.
func TestTheDrillOfEveryRoundIsValid(t *testing.T) {
	lines := map[string]bool{}
	for round := range len(positions) * len(casts(t)) {
		a := &actor{at: map[string]position{}}
		if said, code := called(t, "validate", a.scenario(t, round)); code != 0 {
			t.Errorf("round %d: %d\n%s", round, code, said)
		}
		for _, f := range casts(t)[round/len(positions)] {
			lines[f.lines[0]] = true
		}
	}
	for _, f := range families {
		for _, line := range f.lines {
			if !lines[line] {
				t.Errorf("%s is never played", line)
			}
		}
	}
}

// called runs maildrill in this process, and gives what it says of mistakes.
func called(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	var text bytes.Buffer
	p := &process{Args: args, Env: func(string) string { return "" },
		Stdout: io.Discard, Stderr: &text, Width: func() int { return 80 }}
	code = p.run(t.Context())
	return text.String(), code
}
