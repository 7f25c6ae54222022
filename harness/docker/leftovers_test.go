package docker

import (
	"slices"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"maildrill/harness/agent/sweep"
)

func TestLeftoversTellRunsThatGoOn(t *testing.T) {
	keeper := func(run, name, state string) container.Summary {
		return container.Summary{Names: []string{name}, State: state, Labels: labels(run, "keeper")}
	}
	got := group(sweep.Found{
		Containers: []container.Summary{
			keeper("alive", "/maildrill-alive.keeper", "running"),
			keeper("leaving", "/maildrill-leaving.keeper-leaving", "running"),
			keeper("dead", "/maildrill-dead.keeper", "created"),
			{Names: []string{"/maildrill-dead-mx1"}, State: "running", Labels: labels("dead", "mail")},
		},
		Networks: []network.Summary{{Labels: labels("dead", "network")}},
		Volumes:  []*volume.Volume{{Labels: labels("orphan", "volume")}},
	})
	want := []Leftover{
		{RunID: "alive", Containers: 1, Keeper: true, Alive: true},
		{RunID: "dead", Containers: 2, Networks: 1},
		{RunID: "leaving", Containers: 1, Keeper: true},
		{RunID: "orphan", Volumes: 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("leftovers = %+v\nwant %+v", got, want)
	}
}
