package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// casts are groups of faults that can be on at once, of one family each. Together
// they have every line of every family.
var casts = func() func(*testing.T) [][]family {
	var once sync.Once
	var all [][]family
	return func(t *testing.T) [][]family {
		once.Do(func() { all = castAll(t) })
		return all
	}
}()

func castAll(t *testing.T) (all [][]family) {
	var left []family // of one line each
	for _, f := range families {
		for _, line := range f.lines {
			left = append(left, family{f.name, []string{line}})
		}
	}
	for len(left) > 0 {
		cast, rest := castOne(t, left)
		if len(cast) == 0 {
			t.Fatalf("%v cannot be played at all", left[0])
		}
		all, left = append(all, cast), rest
	}
	return all
}

// castOne takes as many as can be on at once, each family once.
func castOne(t *testing.T, from []family) (cast, rest []family) {
	taken := map[string]bool{}
	for _, f := range from {
		if with := append(cast[:len(cast):len(cast)], f); !taken[f.name] && plays(t, with) {
			cast, taken[f.name] = with, true
		} else {
			rest = append(rest, f)
		}
	}
	return cast, rest
}

// plays tells whether maildrill takes these faults at one time.
func plays(t *testing.T, cast []family) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cast.yaml")
	must(t, os.WriteFile(path, scenarioOf(t, cast), 0o644))
	_, code := called(t, "plan", path)
	return code == 0
}

func scenarioOf(t *testing.T, cast []family) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/reversal.yaml")
	must(t, err)
	for _, f := range cast {
		text = fmt.Appendf(text, "  - {id: %s, at: 0s, for: 2s, %s}\n", f.name, f.lines[0])
	}
	return text
}
