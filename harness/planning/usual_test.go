package planning

import (
	"testing"
	"time"

	"maildrill/harness/topology"
	"maildrill/scenarios"
)

func TestUsual(t *testing.T) {
	s := time.Second
	phases := scenarios.Phases{Baseline: scenarios.Duration(8 * s), Observe: scenarios.Duration(30 * s), Drain: scenarios.Duration(time.Hour)}
	nodes := make([]topology.Node, 10)
	for _, c := range []struct {
		name  string
		steps []Step
		want  time.Duration
	}{
		{"nothing is broken", nil, 58 * s},
		{"one fault", []Step{{ID: "a", At: 2 * s, For: 5 * s}}, 68 * s},
		{"two at the same time", []Step{{ID: "a", For: 5 * s}, {ID: "b", For: 9 * s}}, 70 * s},
		{"an action after a fault, written before it", []Step{{ID: "b", After: []string{"a"}, Action: "flush"}, {ID: "c", After: []string{"b"}, For: s},
			{ID: "a", For: 5 * s}}, 70 * s},
		{"a rolling restart", []Step{{ID: "a", Action: "restart", On: []string{"mx1", "mx2"}}}, 64 * s},
	} {
		p := &Plan{Scenario: scenarios.Scenario{Phases: phases}, Topology: topology.Topology{Nodes: nodes}, Steps: c.steps}
		if got := p.Usual(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
