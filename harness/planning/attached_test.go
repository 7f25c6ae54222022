package planning_test

import (
	"strings"
	"testing"

	"maildrill/harness/planning"
	"maildrill/scenarios"
)

const attached = `apiVersion: maildrill/v1
kind: Scenario
metadata: {name: theirs}
topology:
  metadata: {name: theirs}
  nodes:
    all: {roles: [mx, store], attached: theirs-all-1, mail: {domains: [drill.test], deliver_to: all}, queue: postfix}
  zones: {drill.test: [{type: MX, value: 10 all.drill.test.}]}
timeline:
  - {id: fault, at: 0s, fault: FAULT, on: all, for: 5s}
objectives: {loss: {max: 0}}
`

// TestWhatRunsAlreadyIsNotMadeAnew: faults that would, or that change what is in a
// container of somebody's own, are refused with what may be done instead.
func TestWhatRunsAlreadyIsNotMadeAnew(t *testing.T) {
	for fault, fits := range map[string]bool{"node.freeze": true, "node.stop": true, "net.isolate": true, "resource.cpu": true,
		"node.crash": false, "node.replace": false, "storage.ransom": false, "storage.permissions": false} {
		text := strings.ReplaceAll(attached, "FAULT", fault)
		if fault == "node.replace" {
			text = strings.ReplaceAll(text, ", for: 5s", "")
		}
		doc, problems := scenarios.Parse("theirs.yaml", []byte(text))
		if len(problems) == 0 {
			topo, _ := doc.ResolveTopology()
			_, problems = planning.Compile(doc, topo, nil)
		}
		refused := false
		for _, p := range problems {
			refused = refused || strings.Contains(p.Message, "runs already")
		}
		if refused == fits {
			t.Errorf("%s: refused %v: %v", fault, refused, problems)
		}
	}
}
