package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"

	"maildrill/harness/agent"
	"maildrill/harness/agent/keeper"
	"maildrill/harness/agent/outside"
	"maildrill/harness/agent/sweep"
	"maildrill/harness/topology"
)

// lastLines is how long logs may take to end after their servers have.
const lastLines = time.Second

// System is a topology that runs on the engine.
type System struct {
	cli         *client.Client
	run         string
	lease       time.Duration
	layout      layout
	keeper      *keeper.Client
	outside     *outside.Client
	vantage     chan struct{} // closed when outside can be used
	nodes       map[string]topology.Instance
	environment map[string]string
	tuned       map[string]string
	logs        *logs
	watcher     *watcher
	remake      func(ctx context.Context, p planned, keepVolumes bool) error
	change      func(p planned, c topology.Change) (planned, error)
	imageOf     func(planned) string
	operators   operators
	prints      prints // of what the drill is attached to, as it was
	detached    bool

	background sync.WaitGroup  // everything that runs until Close
	life       context.Context // of background; it is the system's own
	stop       context.CancelFunc
	leaving    chan struct{} // closed when Close begins
	leave      func()
	closed     sync.Mutex // one Close at a time
}

var (
	_ topology.System   = (*System)(nil)
	_ topology.Undoer   = (*System)(nil)
	_ topology.Reporter = (*System)(nil)
	_ topology.Watcher  = (*System)(nil)

	_ topology.Addresser = (*System)(nil)
)

func newSystem(ctx context.Context, cli *client.Client, o topology.Options) *System {
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	leaving := make(chan struct{})
	return &System{
		cli: cli, run: o.RunID, lease: o.Lease,
		vantage: make(chan struct{}),
		nodes:   map[string]topology.Instance{}, logs: newLogs(o.LogDir), watcher: newWatcher(),
		life: life, stop: stop,
		leaving: leaving, leave: sync.OnceFunc(func() { close(leaving) }),
	}
}

// Instance finds a running node by name.
func (s *System) Instance(name string) (topology.Instance, bool) {
	n, ok := s.nodes[name]
	return n, ok
}

// Dial connects from the outside node to a service of a node, by IPv4.
func (s *System) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	to, err := s.layout.resolve(node, service)
	if err != nil {
		return nil, err
	}
	conn, err := s.outside.Dial(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("dial %s of %s: %w", service, node, err)
	}
	return conn, nil
}

// Listen accepts what nodes connect to a service of the outside node.
func (s *System) Listen(ctx context.Context, service topology.Service) (net.Listener, error) {
	vantage, _ := s.layout.find(agent.Outside)
	port, err := portOf(vantage.Services, service)
	if err != nil {
		return nil, err
	}
	return s.outside.Listen(ctx, int(port))
}

// Hold implements topology.Undoer with the keeper.
func (s *System) Hold(ctx context.Context, id string, steps []topology.Undo) error {
	return s.keeper.Hold(ctx, id, steps)
}

// Release implements topology.Undoer with the keeper.
func (s *System) Release(ctx context.Context, id string) error { return s.keeper.Release(ctx, id) }

// Tuned are the parameters of Postfix (postconf(5)) that the clock has set.
func (s *System) Tuned() map[string]string { return maps.Clone(s.tuned) }

// Environment describes the engine, the images by content, and the addresses.
func (s *System) Environment() map[string]string { return maps.Clone(s.environment) }

// Addresses implements topology.Addresser.
func (s *System) Addresses() topology.Addresses { return maps.Clone(s.layout.addresses) }

// Broken delivers the first damage to the run's own instruments.
func (s *System) Broken() <-chan error { return s.watcher.broken }

// enter opens the way in.
func (s *System) enter(c *outside.Client) {
	s.outside = c
	s.background.Go(func() { _ = c.Run(s.life) })
}

// Close removes everything of the run and returns when a listing of the engine
// shows nothing with its label. It is idempotent; its error says what is left.
//
// The keeper goes last: if maildrill dies meanwhile, it finishes the work.
func (s *System) Close(ctx context.Context) error {
	s.closed.Lock()
	defer s.closed.Unlock()
	s.leave()
	name := keeperName(s.run)
	away := s.detach(ctx)
	err := sweep.Remove(ctx, s.cli, s.run, name, name+keeper.Leaving)
	s.logs.wait(lastLines)
	if s.keeper != nil {
		_ = s.keeper.Close()
	}
	if gone := s.cli.ContainerRemove(ctx, name, container.RemoveOptions{Force: true, RemoveVolumes: true}); gone != nil &&
		!errdefs.IsNotFound(gone) && !errdefs.IsConflict(gone) {
		err = errors.Join(err, gone)
	}
	err = errors.Join(err, sweep.Remove(ctx, s.cli, s.run))
	s.stop()
	s.background.Wait()
	s.watcher.close()
	return errors.Join(err, s.logs.close(), away, s.asBefore(ctx))
}

// isLeaving tells that Close has begun.
func (s *System) isLeaving() bool {
	select {
	case <-s.leaving:
		return true
	default:
		return false
	}
}

// resolve finds where a service of a node listens. The node is a name, a DNS
// name or an address of the drill.
func (l layout) resolve(node string, service topology.Service) (netip.AddrPort, error) {
	literal, _ := netip.ParseAddr(node)
	for _, p := range l.nodes {
		for _, a := range p.addresses {
			if p.Name != node && p.Host != node && a != literal {
				continue
			}
			if literal.IsValid() {
				a = literal
			}
			port, err := portOf(p.Services, service)
			return netip.AddrPortFrom(a, port), err
		}
	}
	if literal.IsValid() {
		port, err := portOf(nil, service)
		return netip.AddrPortFrom(literal, port), err
	}
	return netip.AddrPort{}, fmt.Errorf("%w: no node is called %q", topology.ErrUnreachable, node)
}
