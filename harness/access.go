package harness

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"maildrill/harness/mx"
	"maildrill/harness/topology"
)

// access connects as the programs of users do. A host that the topology names
// as their way in is looked up at the drill's name server, at each connection, so
// that who moves the name moves its users; every other node is dialled as it is.
type access struct {
	system   topology.System
	resolver *mx.Resolver
	hosts    []string
}

func newAccess(system topology.System, t topology.Topology, timeout time.Duration) *access {
	a := &access{system: system}
	for _, way := range []string{t.Access.IMAP, t.Access.Submission} {
		if strings.Contains(way, ".") {
			a.hosts = append(a.hosts, way)
		}
	}
	server := first(t.WithRole(topology.DNS))
	a.resolver = &mx.Resolver{Timeout: timeout, Dial: func(ctx context.Context) (net.Conn, error) {
		return system.Dial(ctx, server, topology.Domain)
	}}
	return a
}

// Dial connects to a service of a node, or of the host that a way in leads to now.
func (a *access) Dial(ctx context.Context, node string, service topology.Service) (net.Conn, error) {
	if !a.asks(node) {
		return a.system.Dial(ctx, node, service)
	}
	host := a.resolver.Hosts(ctx, node)[0]
	conn, err := firstOf(ctx, host.Addresses, func(ctx context.Context, to netip.Addr) (net.Conn, error) {
		return a.system.Dial(ctx, to.String(), service)
	})
	if conn == nil {
		return nil, errors.Join(host.Err, err)
	}
	return conn, nil
}

func (a *access) asks(node string) bool { return slices.Contains(a.hosts, node) }
