package docker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/docker/docker/client"
	"golang.org/x/sync/errgroup"

	"maildrill/harness/agent"
	"maildrill/harness/agent/sweep"
	"maildrill/harness/docker/images"
	"maildrill/harness/docker/servers"
	"maildrill/harness/pause"
	"maildrill/harness/topology"
)

// closeLimit bounds the clearing up after a failed start.
const closeLimit = 60 * time.Second

// lateLimit is how long an engine may go on with a request that was withdrawn.
const lateLimit = 500 * time.Millisecond

// defaultLease applies where a run names none.
const defaultLease = 30 * time.Second

// build is one start of a system: what is known on the way, and the system
// that grows.
type build struct {
	cli        *client.Client
	maker      *maker
	turns      turns
	run        string
	options    topology.Options
	layout     layout
	theirs     []string // networks of what the drill is attached to
	agentImage images.Image
	images     map[string]images.Image
	system     *System
	guard      *guard
}

// Start brings the topology up and returns when every node is ready by real
// dialogue. On error nothing is left running. It fits topology.Runtime.
func (r *Runtime) Start(ctx context.Context, t topology.Topology, o topology.Options) (topology.System, error) {
	b, err := r.prepare(ctx, t, o)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", t.Name, err)
	}
	if b.guard, err = startGuard(r.config.Guard, o.RunID); err != nil {
		return nil, err
	}
	b.system = newSystem(ctx, r.cli, o)
	if err = b.up(ctx, socketPath(r.config.Socket), r.info.ID); err == nil {
		b.system.environment = b.environment(ctx, r)
		b.system.tuned = servers.Tuned(b.layout.topology, b.layout.containers())
		return b.system, nil
	}
	if closeErr := b.abandon(ctx); closeErr != nil {
		return nil, fmt.Errorf("start %s: %w; then: %w", t.Name, err, closeErr)
	}
	return nil, fmt.Errorf("start %s: %w", t.Name, err)
}

// abandon removes what a failed start has made, and once more what the engine
// was still making when it was told to stop.
func (b *build) abandon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	err := b.system.Close(ctx)
	pause.For(ctx, lateLimit)
	return errors.Join(err, sweep.Remove(ctx, b.cli, b.run), b.guard.dismiss())
}

// prepare does what leaves nothing behind, images apart.
func (r *Runtime) prepare(ctx context.Context, t topology.Topology, o topology.Options) (*build, error) {
	if o.RunID == "" {
		return nil, fmt.Errorf("options: no run id")
	}
	if o.Lease <= 0 {
		o.Lease = defaultLease
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	t, theirs, err := locate(ctx, r.cli, t)
	if err != nil {
		return nil, err
	}
	l, err := lay(t, o.RunID, o.Faulted, candidate(o.RunID, 0, t.IPv6))
	if err != nil {
		return nil, err
	}
	if _, ok := l.find(agent.Outside); !ok {
		return nil, fmt.Errorf("topology %s has no outside node: nothing could enter it", t.Name)
	}
	b := &build{cli: r.cli, maker: r.maker, turns: r.turns, run: o.RunID, options: o, layout: l, theirs: theirs}
	if b.agentImage, err = r.agentImage(ctx); err != nil {
		return nil, err
	}
	if err := b.refuseLive(ctx); err != nil {
		return nil, err
	}
	kinds, others := sorts(o.Images)
	if b.images, err = images.Ensure(ctx, r.cli, append(l.kinds(), kinds...), o.Progress); err != nil {
		return nil, err
	}
	return b, errors.Join(b.pullCustom(ctx), b.pullAll(ctx, others), b.unused(ctx))
}

// unused makes sure that nobody else has this run's name: what carries it is
// going to be removed.
func (b *build) unused(ctx context.Context) error {
	found, err := sweep.List(ctx, b.cli, b.run)
	if err == nil && !found.Empty() {
		err = fmt.Errorf("run %s is on this engine already: %s", b.run, found)
	}
	return err
}

// up makes the keeper first and everything else after it, so that there is no
// moment in which the death of maildrill leaves something behind; until the
// keeper lives, the guard is there.
func (b *build) up(ctx context.Context, socket, engineID string) error {
	b.system.watch()
	if err := b.startKeeper(ctx, socket); err != nil {
		return err
	}
	if err := b.guard.dismiss(); err != nil {
		return err
	}
	if err := b.able(ctx); err != nil {
		return err
	}
	if err := b.settleNetwork(ctx); err != nil {
		return err
	}
	if err := b.clone(ctx); err != nil {
		return err
	}
	b.system.layout, b.system.remake, b.system.change, b.system.imageOf = b.layout, b.remake, b.change, b.imageOf
	var err error
	if b.system.prints, err = takePrints(ctx, b.cli, b.layout.topology, objectName(b.run)); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.greetKeeper(ctx, socket, engineID) })
	for _, p := range b.layout.nodes {
		b.system.add(p)
		group.Go(func() error {
			if err := b.startNode(ctx, p); err != nil {
				return fmt.Errorf("node %s: %w", p.Name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// settleNetwork makes the network, and lays out again if the addresses hoped
// for were taken.
func (b *build) settleNetwork(ctx context.Context) error {
	s, err := makeNetwork(ctx, b.cli, b.run, b.layout.topology)
	if err != nil || s == b.layout.network {
		return err
	}
	b.layout, err = lay(b.layout.topology, b.run, b.options.Faulted, s)
	return err
}
