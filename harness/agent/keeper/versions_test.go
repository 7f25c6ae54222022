package keeper

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"maildrill/faults"
)

func (w *world) ContainerCreate(_ context.Context, c *container.Config, _ *container.HostConfig, _ *network.NetworkingConfig, _ *ocispec.Platform, name string) (container.CreateResponse, error) {
	if err := w.do("create", name, c.Image); err != nil {
		return container.CreateResponse{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.images[name] = c.Image
	w.volumes++
	return container.CreateResponse{}, nil
}

// A node of another image is one container beside the old one, and the old one
// again when the rule ends, wherever the change was broken off.
func TestAnUpgradeIsRolledBackFromAnywhere(t *testing.T) {
	for _, failing := range []string{"", "stop mx1", "rename mx1 mx1.before", "create mx1 next", "start mx1"} {
		t.Run(failing, func(t *testing.T) {
			w := up()
			w.images = map[string]string{"mx1": "plain", "mx1.net": "agent"}
			w.failing = failing
			c, _ := kept(t, w)
			n := c.Node("mx1").With(faults.Versions)
			rule, err := faults.NewRule("one", faults.Versions, faults.VersionSpec{Image: "next"}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Put(t.Context(), rule); (err != nil) != (failing != "") {
				t.Fatal(err)
			}
			if failing == "" {
				if got := w.has(); !maps.Equal(got, map[string]string{"mx1": "next", "mx1.before": "plain", "mx1.net": "agent"}) {
					t.Errorf("upgraded: %v", got)
				}
				if err := n.Put(t.Context(), rule); err != nil || len(standing(t, n, faults.Versions)) != 1 {
					t.Errorf("put again: %v, %v", err, w.deeds())
				}
			}
			w.mend()
			if err := n.Take(t.Context(), faults.Versions, "one"); err != nil {
				t.Fatal(err)
			}
			if got := w.has(); !maps.Equal(got, map[string]string{"mx1": "plain", "mx1.net": "agent"}) {
				t.Errorf("rolled back: %v", got)
			}
			if w.volumes != 0 {
				t.Errorf("rolled back, and %d volumes of the newer image are left", w.volumes)
			}
			if s, err := n.State(t.Context()); err != nil || !s.Running || len(standing(t, n, faults.Versions)) != 0 {
				t.Errorf("rolled back: %+v, %v", s, err)
			}
		})
	}
}

// has is what there is by now.
func (w *world) has() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.images)
}

// mend ends what fails.
func (w *world) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing = ""
}

// A node whose network is its container's own cannot change it.
func TestOnlyNodesWithALastingNetworkAreUpgraded(t *testing.T) {
	w := up()
	c, _ := kept(t, w)
	rule, err := faults.NewRule("one", faults.Versions, faults.VersionSpec{Image: "next"}, time.Minute)
	if err = errors.Join(err, c.Node("mx2").Put(t.Context(), rule)); err == nil || len(w.deeds()) != 0 {
		t.Errorf("put: %v, %v", err, w.deeds())
	}
}
