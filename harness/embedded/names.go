package embedded

import (
	"context"
	"net"
	"slices"

	"maildrill/harness/topology"
)

// dial connects from the node to a service of another. One that is called by the
// name of its node is where its host name leads to.
func (n *node) dial(ctx context.Context, host string, service topology.Service) (net.Conn, error) {
	if host != n.Name {
		host = n.system.leads(host)
	}
	return n.system.network.Dial(ctx, n.host, host, service)
}

// Lead implements topology.Director.
func (s *System) Lead(ctx context.Context, from, to string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	moved, err := s.names.Lead(from, to)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.topology.Nodes {
		if slices.Contains(moved, n.Host) {
			s.led[n.Name] = to
		}
	}
	return moved, nil
}

// leads gives the node that the host name of a node leads to.
func (s *System) leads(node string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to, ok := s.led[node]; ok {
		return to
	}
	return node
}

// serveNames runs the drill's name server; when it returns, that listens. It
// is asked by TCP only: datagrams do not pass the drill's network.
func (n *node) serveNames(ctx context.Context, l *life) error {
	port, err := n.host.Listen(topology.Domain)
	if err != nil {
		return err
	}
	l.wg.Go(func() {
		defer port.Cut()
		if err := n.system.names.Serve(ctx, nil, port); err != nil {
			n.log.Print(err)
		}
	})
	return nil
}
