package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// An answer for programs has one form of key, and a list where there is none is
// empty: `jq '.parameters[]'` must not fail on a fault that takes none.
func TestAnswersForProgramsHaveOneForm(t *testing.T) {
	for _, args := range []string{
		"list faults", "list faults net.loss", "list faults node.freeze", "list scenarios", "list topologies", "list objectives",
		"validate single-server-crash", "plan single-server-crash", "version",
		"controls list", "controls explain iso27001:A.5.30", "controls explain E01", "controls gap",
	} {
		var out bytes.Buffer
		p := &process{Args: append(strings.Fields(args), "--json"), Env: func(string) string { return "" }, Stdout: &out, Stderr: io.Discard}
		var answer any
		if code := p.run(context.Background()); code != exitPassed {
			t.Fatalf("%s: exit code %d", args, code)
		}
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v", args, err)
		}
		for _, wrong := range malformed(answer, "") {
			t.Errorf("%s --json: %s", args, wrong)
		}
	}
}

// lists are the keys whose values a program goes through.
var lists = map[string]bool{"parameters": true, "problems": true, "needs": true, "privileges": true, "aims": true,
	"fields": true, "filled": true, "empty": true, "refused": true, "controls": true, "evidence": true, "scenarios": true}

func malformed(v any, at string) (wrong []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			path := at + "." + key
			if key != strings.ToLower(key) {
				wrong = append(wrong, path+" is not in lower case")
			}
			if lists[key] && value == nil {
				wrong = append(wrong, path+" is null, not an empty list")
			}
			wrong = append(wrong, malformed(value, path)...)
		}
	case []any:
		for _, value := range v {
			wrong = append(wrong, malformed(value, at+"[]")...)
		}
	}
	return wrong
}
