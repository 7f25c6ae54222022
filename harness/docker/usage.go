package docker

import (
	"context"
	"fmt"

	"maildrill/harness/topology"
)

var _ topology.Meter = (*System)(nil)

// Usage implements topology.Meter with the keeper, which reads the containers'
// control groups. Names are those of the nodes; a namespace holder is NODE.net.
func (s *System) Usage(ctx context.Context) (map[string]topology.Usage, error) {
	used, err := s.keeper.Usage(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what the containers use: %w", err)
	}
	all := map[string]topology.Usage{}
	take := func(container, name string, agent bool) {
		if u, up := used[container]; up {
			all[name] = topology.Usage{Agent: agent, CPU: u.CPU, Memory: u.Memory}
		}
	}
	take(keeperName(s.run), "keeper", true)
	for _, p := range s.layout.nodes {
		take(p.container, p.Name, p.role != "")
		if p.holder != "" {
			take(p.holder, p.Name+".net", true)
		}
	}
	return all, nil
}
