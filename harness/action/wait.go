package action

import (
	"context"
	"errors"

	"maildrill/harness/topology"
)

// wait waits for a condition, or for nodes.
type wait struct {
	until string
	ready bool
}

func newWait(decode func(any) error) (Action, error) {
	var with struct {
		Until string `yaml:"until"`
		Ready bool   `yaml:"ready"`
	}
	if err := decode(&with); err != nil {
		return nil, err
	}
	if (with.Until == "") != with.Ready {
		return nil, errors.New("say what to wait for: either `until: \"queue == 0\"`, or `ready: true` with nodes in `on`")
	}
	return wait{with.Until, with.Ready}, nil
}

// Until implements [Waiter].
func (a wait) Until() string { return a.until }

// Check implements [Particular].
func (a wait) Check(t topology.Topology, on []string) []Misfit {
	switch {
	case a.ready && len(on) == 0:
		return []Misfit{{Key: "with", What: "`ready` waits for nodes: name them in `on`"}}
	case !a.ready && len(on) > 0:
		return []Misfit{{Key: "on", What: "`until` looks at the drill as a whole: it has no `on`"}}
	}
	return refuse(t, on, func(n topology.Node) string {
		if n.Health.Service == "" {
			return "has no service that would tell whether it is ready"
		}
		return ""
	})
}

func (a wait) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	if a.ready {
		return Outcome{}, s.Ready(ctx, node)
	}
	return Outcome{}, s.Await(ctx)
}
