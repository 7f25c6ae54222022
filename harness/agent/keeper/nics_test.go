package keeper

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
)

// carded is an engine and a kernel whose only node has this process's network.
type carded struct {
	*world
	down    bool
	stuck   bool
	plugged int
	up      chan struct{} // gets one for each time that they are put up
}

func (c *carded) ContainerInspect(context.Context, string) (container.InspectResponse, error) {
	return container.InspectResponse{ContainerJSONBase: &container.ContainerJSONBase{State: &container.State{Running: true, Pid: os.Getpid()}}}, nil
}

func (c *carded) Unplug(int) (Unplugged, error) { c.down = true; return c, nil }
func (c *carded) Down(string) (bool, error)     { return c.down, nil }

func (c *carded) Plug(string) error {
	if c.stuck {
		return errors.New("stuck")
	}
	c.down = false
	c.plugged++
	c.up <- struct{}{}
	return nil
}

// Interfaces stay down while one rule is left, and a revert that failed can be
// tried again.
func TestInterfacesAreDownWhileARuleStands(t *testing.T) {
	k := &carded{world: &world{}, up: make(chan struct{}, 2)}
	n := node{Node: Node{Container: "c"}, name: "mx1", engine: k, kernel: k}
	m := &nics{}
	stand := func() int {
		t.Helper()
		standing, err := m.rules(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return len(standing)
	}
	put := func(id string, ttl time.Duration) {
		t.Helper()
		rule, err := faults.NewRule(id, faults.Interfaces, faults.InterfaceSpec{Down: true}, ttl)
		if err == nil {
			err = m.put(t.Context(), n, rule)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("one", time.Hour)
	put("two", time.Hour)
	put("two", time.Hour)
	if stand() != 2 {
		t.Errorf("%d stand", stand())
	}
	if err := m.take(t.Context(), n, "one"); err != nil || !k.down || stand() != 1 {
		t.Errorf("one taken: %v, down %v, %d stand", err, k.down, stand())
	}
	k.stuck = true
	if err := m.take(t.Context(), n, "two"); err == nil || stand() != 1 {
		t.Errorf("a failed revert is forgotten: %v", err)
	}
	k.stuck = false
	for range 2 {
		if err := m.take(t.Context(), n, "two"); err != nil || k.down || stand() != 0 || k.plugged != 1 {
			t.Errorf("taken: %v, down %v, %d stand", err, k.down, stand())
		}
	}
	<-k.up
	put("three", time.Millisecond)
	<-k.up // the test's own time-out is what fails it
	if stand() != 0 {
		t.Error("a rule outlives its deadline")
	}
	put("four", time.Hour)
	k.down = false // somebody else has put one up
	if stand() != 0 {
		t.Error("interfaces are up, and the rule stands")
	}
}
