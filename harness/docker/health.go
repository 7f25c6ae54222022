package docker

import (
	"context"
	"errors"
	"fmt"

	"github.com/docker/docker/api/types/container"

	"maildrill/harness/topology"
)

var _ topology.HealthTeller = (*insides)(nil)

// Health is what the HEALTHCHECK of the node's image says, and a balancer's
// view of the nodes behind it.
func (i *insides) Health(ctx context.Context) ([]topology.Checked, error) {
	said, err := i.behind(ctx)
	found, failed := i.system.cli.ContainerInspect(ctx, i.planned.container)
	if failed != nil {
		return said, errors.Join(err, fmt.Errorf("ask for the health of %s: %w", i.Name(), failed))
	}
	if healthy, known := checkOf(found.State); known {
		said = append(said, topology.Checked{Node: i.Name(), By: i.Name(), Healthy: healthy, Detail: found.State.Status + ", " + found.State.Health.Status})
	}
	return said, err
}

// checkOf reads the state of a container. One without a check tells nothing,
// one that does not run is not healthy, whatever its check said last.
// While it starts, the check has no opinion, and nobody acts on it.
func checkOf(s *container.State) (healthy, known bool) {
	if s == nil || s.Health == nil || s.Health.Status == container.NoHealthcheck {
		return false, false
	}
	return s.Running && s.Health.Status != container.Unhealthy, true
}
