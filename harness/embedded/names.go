package embedded

import (
	"context"
	"net"

	"maildrill/harness/topology"
)

// dial connects from the node to a service of another.
func (n *node) dial(ctx context.Context, host string, service topology.Service) (net.Conn, error) {
	return n.system.network.Dial(ctx, n.host, host, service)
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
