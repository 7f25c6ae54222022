package embedded

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"maildrill/harness/agent/nameserver"
	"maildrill/harness/embedded/network"
	"maildrill/harness/topology"
)

// System is a topology that runs in this process.
type System struct {
	topology  topology.Topology
	options   topology.Options
	addresses topology.Addresses
	dir       string
	network   *network.Network
	outside   *network.Host
	names     *nameserver.Server
	nodes     map[string]*node

	life       context.Context // of all lives of all nodes; it is the system's own
	stop       context.CancelFunc
	background sync.WaitGroup // supervisors
	closing    sync.Once
	closeError error // under closing

	mu        sync.Mutex
	held      map[string][]topology.Undo
	led       map[string]string   // nodes whose names lead to another
	listeners []*network.Listener // of the outside node
	logs      []*os.File
	closed    bool
}

var (
	_ topology.System   = (*System)(nil)
	_ topology.Undoer   = (*System)(nil)
	_ topology.Reporter = (*System)(nil)
	_ topology.Readier  = (*System)(nil)
	_ topology.Director = (*System)(nil)
)

// Addresses implements topology.Addresser.
func (s *System) Addresses() topology.Addresses { return maps.Clone(s.addresses) }

// newSystem makes the nodes, their addresses and names. Nothing runs yet.
func newSystem(ctx context.Context, t topology.Topology, o topology.Options, dir string) (*System, error) {
	addresses := plan(t)
	names, err := nameserver.New(t.Zones, addresses)
	if err != nil {
		return nil, err
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &System{topology: t, options: o, addresses: addresses, dir: dir, network: network.New(),
		names: names, nodes: map[string]*node{},
		life: life, stop: stop, held: map[string][]topology.Undo{}, led: map[string]string{}}
	for _, n := range t.Nodes {
		host := s.network.Add(n.Name, n.Host, addresses[n.Name], n.Services)
		if n.Has(topology.Outside) && s.outside == nil {
			s.outside = host
		}
		s.nodes[n.Name] = &node{Node: n, system: s, host: host, dir: filepath.Join(dir, n.Name)}
	}
	return s, nil
}

// up starts every node and waits until each answers.
func (s *System) up(ctx context.Context) error {
	for _, n := range s.topology.Nodes {
		s.options.Progress("starting " + n.Name)
		node := s.nodes[n.Name]
		if err := s.openLog(node); err != nil {
			return err
		}
		if n.Standby {
			node.keepDown(true)
			continue
		}
		if err := node.Start(ctx); err != nil {
			return err
		}
	}
	for _, n := range s.topology.Nodes {
		if n.Standby {
			continue
		}
		if err := s.ready(ctx, n); err != nil {
			return fmt.Errorf("node %s: not ready: %w", n.Name, err)
		}
	}
	return nil
}

// openLog makes the node's log: in the run's folder if there is one.
func (s *System) openLog(n *node) error {
	dir := s.options.LogDir
	if dir == "" {
		dir = s.dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for logs: %w", err)
	}
	n.logPath = filepath.Join(dir, n.Name+".log")
	f, err := os.OpenFile(n.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("make the log of %s: %w", n.Name, err)
	}
	n.log = log.New(f, "", log.LstdFlags|log.Lmicroseconds|log.LUTC)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = append(s.logs, f)
	return nil
}

// Instance finds a running node by name.
func (s *System) Instance(name string) (topology.Instance, bool) {
	n, ok := s.nodes[name]
	if !ok {
		return nil, false
	}
	return n.instance(), true
}

// Dial connects from the outside node to a service of a node.
func (s *System) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	return s.network.Dial(ctx, s.outside, node, service)
}

// Listen accepts connections that nodes make to a service of the outside node.
func (s *System) Listen(ctx context.Context, service topology.Service) (net.Listener, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, net.ErrClosed
	}
	l, err := s.outside.Listen(service)
	if err != nil {
		return nil, err
	}
	s.listeners = append(s.listeners, l)
	return l, nil
}

// Hold remembers the inverses of a fault. They live as long as this process,
// and so do the faults.
func (s *System) Hold(ctx context.Context, id string, steps []topology.Undo) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[id] = steps
	return ctx.Err()
}

// Release forgets the inverses of a fault; an unknown id is left alone.
func (s *System) Release(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, id)
	return ctx.Err()
}

// Close takes everything down, removes the files of the nodes, and returns
// when nothing runs any more. It is idempotent, and cannot be cut short: all
// that it waits for ends at once.
func (s *System) Close(context.Context) error {
	s.closing.Do(func() { s.closeError = s.down() })
	return s.closeError
}

func (s *System) down() error {
	s.mu.Lock()
	s.closed = true
	listeners, logs := s.listeners, s.logs
	s.mu.Unlock()
	s.stop()
	for _, n := range s.nodes {
		n.end(0)
	}
	s.background.Wait()
	for _, l := range listeners {
		l.Cut()
	}
	s.network.Close()
	err := os.RemoveAll(s.dir)
	for _, f := range logs {
		err = errors.Join(err, f.Close())
	}
	return err
}

// holds tells whether nodes are in trouble, all of them. It takes no node's lock:
// a session that asks may be the one that a node waits for to end.
func (s *System) holds(all []topology.Trouble) bool {
	for _, t := range all {
		n, ok := s.nodes[t.Node]
		if !ok || !n.is(t.Is) {
			return false
		}
	}
	return len(all) > 0
}

// is tells whether the node is in a state of [topology.Trouble].
func (n *node) is(state string) bool {
	switch state {
	case topology.IsDown:
		return !n.running.Load()
	case topology.IsFrozen:
		awake, _ := n.host.Awake()
		return n.running.Load() && !awake
	case topology.IsCutOff:
		_, cut := n.host.Dropped()
		return cut
	}
	return false
}

// Tuned are the timers that the drill clock has set; under production they are
// Postfix's defaults.
func (s *System) Tuned() map[string]string {
	if s.topology.Clock == topology.Production {
		return nil
	}
	return timersInForce(s.topology.Clock)
}

// Environment describes the system for the record.
func (s *System) Environment() map[string]string {
	env := map[string]string{"simulated": "true", "clock": string(s.topology.Clock)}
	for _, n := range s.topology.Nodes {
		env["address."+n.Name] = strings.Trim(fmt.Sprint(s.addresses[n.Name]), "[]")
		if closed := s.nodes[n.Name].notOffered(); closed != "" {
			env["services.not_offered."+n.Name] = closed
		}
	}
	return env
}
