package keeper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
)

// versions is the mechanism [faults.Versions]. The container that a node was
// stays, under another name, until it is the node again.
type versions struct {
	mu    sync.Mutex
	nodes map[string]*versionRule
}

type versionRule struct {
	faults.Rule
	spec  faults.VersionSpec
	until time.Time
	timer *time.Timer
}

// upgradeGrace is how long a server has to end in order.
const upgradeGrace = 10 * time.Second

// aside is the name of the container that the node was.
func (n node) aside() string { return n.Container + ".before" }

func (m *versions) put(ctx context.Context, n node, rule faults.Rule) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &versionRule{Rule: rule, until: time.Now().Add(rule.TTL)}
	if err := rule.Decode(&r.spec); err != nil {
		return err
	}
	switch other := m.nodes[n.name]; {
	case other != nil && other.ID != rule.ID:
		return fmt.Errorf("%s is of another image already, by %s", n.name, other.ID)
	case other != nil && n.isOf(ctx, r.spec.Image):
		other.timer.Reset(rule.TTL)
		other.until = r.until
		return nil
	}
	if n.Holder == "" {
		return fmt.Errorf("the network of %s goes with its container", n.name)
	}
	if err := m.end(ctx, n, rule.ID); err != nil { // one that failed half-way
		return err
	}
	if m.nodes == nil {
		m.nodes = map[string]*versionRule{}
	}
	m.nodes[n.name], r.timer = r, expire(m, n, rule)
	return n.changeImage(ctx, r.spec.Image)
}

// isOf tells whether the node is a container of the image that runs.
func (n node) isOf(ctx context.Context, image string) bool {
	c, err := n.engine.ContainerInspect(ctx, n.Container)
	return err == nil && c.Config != nil && c.Config.Image == image && c.State != nil && c.State.Running
}

// changeImage puts the container aside and another in its place.
func (n node) changeImage(ctx context.Context, image string) error {
	old, err := n.engine.ContainerInspect(ctx, n.Container)
	if err != nil {
		return err
	}
	if err := n.stop(ctx, upgradeGrace); err != nil {
		return err
	}
	if err := n.engine.ContainerRename(ctx, n.Container, n.aside()); err != nil {
		return err
	}
	c := &container.Config{Image: image, Cmd: old.Config.Cmd, Env: old.Config.Env, Labels: old.Config.Labels}
	if _, err := n.engine.ContainerCreate(ctx, c, old.HostConfig, nil, nil, n.Container); err != nil {
		return fmt.Errorf("make %s of %s: %w", n.name, image, err)
	}
	was := n
	was.Container = n.aside()
	for _, name := range n.Files {
		f, err := was.readFile(ctx, name)
		if err == nil {
			err = n.writeFile(ctx, name, f)
		}
		if err != nil {
			return err
		}
	}
	return n.start(ctx)
}

func (m *versions) take(ctx context.Context, n node, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.end(ctx, n, id)
}

// end makes the container that was put aside the node again, from wherever the
// change was broken off.
func (m *versions) end(ctx context.Context, n node, id string) error {
	r := m.nodes[n.name]
	if r == nil || r.ID != id {
		return nil
	}
	_, err := n.engine.ContainerInspect(ctx, n.aside())
	switch {
	case err == nil:
		// Its image may declare volumes, which carry no label of ours.
		err = n.engine.ContainerRemove(ctx, n.Container, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err == nil || errdefs.IsNotFound(err) {
			err = n.engine.ContainerRename(ctx, n.aside(), n.Container)
		}
	case errdefs.IsNotFound(err): // it was not put aside yet
		err = nil
	}
	if err == nil {
		err = n.start(ctx)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("bring %s back", n.name), err)
	}
	r.timer.Stop()
	delete(m.nodes, n.name)
	return nil
}

// rules reads back whether the node is of the image.
func (m *versions) rules(ctx context.Context, n node) ([]faults.Standing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.nodes[n.name]
	if r == nil {
		return nil, nil
	}
	now, err := n.engine.ContainerInspect(ctx, n.Container)
	if errdefs.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || now.Config == nil || now.Config.Image != r.spec.Image {
		return nil, err
	}
	return []faults.Standing{{ID: r.ID, Spec: r.Spec, Left: time.Until(r.until)}}, nil
}
