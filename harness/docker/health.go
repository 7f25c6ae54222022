package docker

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types/container"
)

// Health is what the HEALTHCHECK of the node's image says. A container that
// does not run is not healthy, whatever its check said last.
func (i *insides) Health(ctx context.Context) (healthy, known bool, err error) {
	found, err := i.system.cli.ContainerInspect(ctx, i.planned.container)
	if err != nil {
		return false, false, fmt.Errorf("ask for the health of %s: %w", i.Name(), err)
	}
	healthy, known = checkOf(found.State)
	return healthy, known, nil
}

// checkOf reads the state of a container. One without a check tells nothing.
// While it starts, the check has no opinion, and nobody acts on it.
func checkOf(s *container.State) (healthy, known bool) {
	if s == nil || s.Health == nil || s.Health.Status == container.NoHealthcheck {
		return false, false
	}
	return s.Running && s.Health.Status != container.Unhealthy, true
}
