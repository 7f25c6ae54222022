package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"maildrill/harness/topology"
)

// handshakeLimit is how long Linux sends SYN again before it gives up (tcp(7),
// tcp_syn_retries is 6).
const handshakeLimit = 127 * time.Second

// Dial connects from a host to a service of another, found by name, DNS name
// or planned address. Errors wrap topology.ErrRefused, ErrTimeout or
// ErrUnreachable.
func (n *Network) Dial(ctx context.Context, from *Host, to string, service topology.Service) (net.Conn, error) {
	conn, err := n.dial(ctx, from, to, service)
	if err != nil {
		return nil, fmt.Errorf("dial %s of %s: %w", service, to, err)
	}
	return conn, nil
}

func (n *Network) dial(ctx context.Context, from *Host, name string, service topology.Service) (net.Conn, error) {
	to, err := n.find(name)
	if err != nil {
		return nil, err
	}
	port, err := to.Port(service)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeLimit)
	defer cancel()
	p := path{network: n, from: from, to: to}
	if err := p.passable(ctx); err != nil {
		return nil, err
	}
	target, ok := to.target(port)
	if !ok {
		return nil, topology.ErrRefused
	}
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", target)
	if err != nil {
		return nil, dialError(ctx, err)
	}
	return n.track(p, raw)
}

// track keeps a connection known until it is closed.
func (n *Network) track(p path, raw net.Conn) (net.Conn, error) {
	c := newConn(p, raw)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		_ = raw.Close()
		return nil, fmt.Errorf("%w: %w", topology.ErrUnreachable, net.ErrClosed)
	}
	n.conns[c] = struct{}{}
	return c, nil
}

// dialError says in the terms of topology how a loopback dial failed: with no
// packet to lose, all that can happen is that nothing listens any more.
func dialError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.Join(topology.ErrTimeout, ctx.Err())
	}
	return fmt.Errorf("%w: %w", topology.ErrRefused, err)
}

// path is who speaks to whom.
type path struct {
	network  *Network
	from, to *Host
}

// cut tells whether packets are dropped on the way. What a host says to itself
// never leaves it. network.mu is held.
func (p path) cut() bool { return p.from != p.to && (p.from.isolated || p.to.isolated) }

// count notes a packet at each host that drops it.
func (p path) count() {
	p.network.mu.RLock()
	defer p.network.mu.RUnlock()
	for _, h := range []*Host{p.from, p.to} {
		if h.isolated {
			h.dropped.Add(1)
		}
	}
}

// passable returns when a first packet would reach the other host.
func (p path) passable(ctx context.Context) error {
	for counted := false; ; {
		cut := false
		blocked, changed := p.network.watch(func() bool {
			cut = p.cut()
			return cut || p.from.frozen
		})
		if !blocked {
			return nil
		}
		if cut && !counted {
			p.count()
			counted = true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return errors.Join(topology.ErrTimeout, ctx.Err())
		}
	}
}
