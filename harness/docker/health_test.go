package docker

import (
	"testing"

	"github.com/docker/docker/api/types/container"
)

func TestCheckOfAContainer(t *testing.T) {
	check := func(status string, running bool) *container.State {
		return &container.State{Running: running, Health: &container.Health{Status: status}}
	}
	for _, c := range []struct {
		name           string
		state          *container.State
		healthy, known bool
	}{
		{"no state", nil, false, false},
		{"no check", &container.State{Running: true}, false, false},
		{"a check that is off", check(container.NoHealthcheck, true), false, false},
		{"starting", check(container.Starting, true), true, true},
		{"healthy", check(container.Healthy, true), true, true},
		{"unhealthy", check(container.Unhealthy, true), false, true},
		{"healthy, and then it died", check(container.Healthy, false), false, true},
	} {
		if healthy, known := checkOf(c.state); healthy != c.healthy || known != c.known {
			t.Errorf("%s: healthy %v, known %v", c.name, healthy, known)
		}
	}
}
