package keeper

import (
	"context"
	"errors"
	"os"
	"sync"
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

// quiet is an engine that does not answer about one container until it is told to.
type quiet struct {
	*world
	asked, answers chan struct{}
}

func (q quiet) ContainerInspect(ctx context.Context, id string) (container.InspectResponse, error) {
	if id == "quiet" {
		close(q.asked)
		<-q.answers
	}
	return q.world.ContainerInspect(ctx, id)
}

// A node about which the engine says nothing does not keep others from being
// repaired.
func TestOneNodeDoesNotWaitForAnother(t *testing.T) {
	down := &nics{nodes: map[string]*unplugged{"one": {identity: "net:[1]"}}}
	for name, m := range map[string]mechanism{"interfaces": down, "limits": newGrants(), "load": &storms{}} {
		q := quiet{up(), make(chan struct{}), make(chan struct{})}
		q.pid = os.Getpid()
		one := node{Node: Node{Container: "quiet"}, name: "one", engine: q, kernel: q}
		other := node{Node: Node{Container: "mx2"}, name: "mx2", engine: q, kernel: q}
		var both sync.WaitGroup
		both.Go(func() { _, _ = m.rules(t.Context(), one) })
		<-q.asked
		taken := make(chan error, 1)
		both.Go(func() { taken <- m.take(t.Context(), other, "r") })
		select {
		case err := <-taken:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s of one node wait for another", name)
		}
		close(q.answers)
		both.Wait()
	}
}
