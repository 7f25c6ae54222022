package docker

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/outside"
	"maildrill/harness/topology"
)

// startKeeper makes the keeper and takes hold of it before it runs.
func (b *build) startKeeper(ctx context.Context, socket string) error {
	o := b.keeper(socket, b.layout)
	if err := b.create(ctx, o); err != nil {
		return err
	}
	session, err := b.attach(ctx, o.name, b.system.logs.open("keeper"))
	if err != nil {
		return err
	}
	b.system.keeper = keeper.NewClient(session)
	return b.start(ctx, o.name)
}

// greetKeeper makes sure that the keeper speaks to our engine, and sees the
// processes of its host.
func (b *build) greetKeeper(ctx context.Context, socket, engineID string) error {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	hello, err := b.system.keeper.Hello(ctx)
	remedy := "name the engine's socket, as its own host knows it, in MAILDRILL_ENGINE_SOCKET"
	switch {
	case err != nil:
		err = fmt.Errorf("the keeper does not answer; is the engine's socket at %s on its host? %w", socket, err)
	case hello.EngineID != engineID:
		err = fmt.Errorf("the socket %s on the engine's host belongs to another engine", socket)
	case !hello.HostPID:
		err = errors.New("the keeper does not see the processes of the engine's host")
		remedy = "let the engine start containers with --pid=host: maildrill's keeper works there"
	}
	if err != nil {
		return &topology.Unavailable{Err: err, Remedy: remedy}
	}
	return nil
}

// startNode makes one node and returns when it is ready.
func (b *build) startNode(ctx context.Context, p planned) error {
	if p.holder != "" {
		if err := b.create(ctx, b.holder(p)); err != nil {
			return err
		}
	}
	var err error
	switch p.role {
	case agent.Outside:
		return b.startOutside(ctx, p)
	case agent.DNS:
		err = b.startOurs(ctx, p)
	default:
		err = b.startServer(ctx, p)
	}
	if err != nil {
		return err
	}
	b.system.follow(p)
	if p.Standby {
		return nil
	}
	ready, both := errgroup.WithContext(ctx)
	ready.Go(func() error { return b.system.provision(both, p) })
	ready.Go(func() error { return b.system.readyWithin(both, p) })
	return ready.Wait()
}

// hold starts the namespace's owner and furnishes it: the server that joins it
// shares its routes and its resolv.conf.
func (b *build) hold(ctx context.Context, p planned) error {
	if p.holder == "" {
		return nil
	}
	if err := b.start(ctx, p.holder); err != nil {
		return err
	}
	return b.furnish(ctx, p)
}

// furnish makes the node's network that of the drill.
func (b *build) furnish(ctx context.Context, p planned) error {
	return b.system.keeper.Node(p.Name).Furnish(ctx, b.layout.resolver())
}

// startServer makes a mail server, unless it is one that runs already.
func (b *build) startServer(ctx context.Context, p planned) error {
	if p.Attached != "" {
		return nil
	}
	return b.startMail(ctx, p)
}

// startMail makes the server's container while its holder starts.
func (b *build) startMail(ctx context.Context, p planned) error {
	var start func(context.Context) error
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return b.hold(both, p) })
	group.Go(func() error {
		devices, err := b.makeDisks(both, p)
		if err != nil {
			return err
		}
		return b.turns.take(both, func() (err error) {
			start, err = b.maker.create(both, b.mailRequest(p, devices))
			return err
		})
	})
	if err := group.Wait(); err != nil {
		return err
	}
	if p.Standby {
		b.system.operators.halt(p.Name, true)
		return nil
	}
	if err := b.turns.take(ctx, func() error { return start(ctx) }); err != nil || p.holder != "" {
		return err
	}
	return b.furnish(ctx, p)
}

// startOurs starts the name server.
func (b *build) startOurs(ctx context.Context, p planned) error {
	if err := b.hold(ctx, p); err != nil {
		return err
	}
	if err := b.create(ctx, b.ours(p)); err != nil {
		return err
	}
	if err := b.start(ctx, p.container); err != nil || p.holder != "" {
		return err
	}
	return b.furnish(ctx, p)
}

// startOutside starts the vantage and opens the way in.
func (b *build) startOutside(ctx context.Context, p planned) error {
	if err := b.create(ctx, b.ours(p)); err != nil {
		return err
	}
	session, err := b.attach(ctx, p.container, b.system.logs.open(p.Name))
	if err != nil {
		return err
	}
	if err := b.start(ctx, p.container); err != nil {
		_ = session.Close()
		return err
	}
	if err := b.enter(ctx, p); err != nil {
		_ = session.Close()
		return err
	}
	client := outside.NewClient(session)
	b.system.enter(client)
	close(b.system.vantage)
	return b.furnish(ctx, p)
}
