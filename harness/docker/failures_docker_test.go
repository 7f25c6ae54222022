package docker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"maildrill/harness/topology"
)

// TestFailedStartsLeaveNothing plants one reason each for a start to fail.
func TestFailedStartsLeaveNothing(t *testing.T) {
	cli := needEngine(t)
	image := agentRef(t, cli)
	broken := func(change func(*topology.Node)) topology.Topology {
		top := shape(image, "mx1", "mx2")
		change(&top.Nodes[2])
		return top
	}
	for name, tt := range map[string]struct {
		top    topology.Topology
		within time.Duration
		want   string
	}{
		"the server ends":    {broken(func(n *topology.Node) { n.Command = []string{"cat", "/nowhere"} }), 0, "no such file"},
		"no such program":    {broken(func(n *topology.Node) { n.Command = []string{"explode"} }), 0, "unknown command"},
		"another greeting":   {broken(func(n *topology.Node) { n.Health.Expect = "554"; n.Health.Timeout = 2 * time.Second }), 0, `want "554"`},
		"cancelled half-way": {shape(image, "mx1", "mx2"), 600 * time.Millisecond, "deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			o := topology.Options{RunID: runID()}
			ctx, cancel := context.WithCancel(t.Context())
			if tt.within > 0 {
				ctx, cancel = context.WithTimeout(t.Context(), tt.within)
			}
			defer cancel()
			s, err := runtime(t).Start(ctx, tt.top, o)
			if err == nil {
				_ = s.Close(context.Background())
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want it to say %q", err, tt.want)
			}
			mustBeGone(t, cli, o.RunID)
		})
	}
}

func TestARunsNameIsTakenOnce(t *testing.T) {
	cli := needEngine(t)
	top := shape(agentRef(t, cli), "mx1")
	o := topology.Options{RunID: runID(), Faulted: []string{}}
	s := up(t, cli, top, o)
	if _, err := runtime(t).Start(t.Context(), top, o); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a second start of the run = %v, want a refusal", err)
	}
	eventually(t, s, "mx1") // and the first is unharmed
}
